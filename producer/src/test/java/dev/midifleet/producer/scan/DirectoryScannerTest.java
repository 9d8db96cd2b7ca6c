package dev.midifleet.producer.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.catalog.StoredPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DirectoryScannerTest {
  private static final byte[] CONTENT = {1, 2, 3};

  @TempDir
  private Path root;
  private final List<String> unreadable = new ArrayList<>();

  @Test
  void files_come_depth_first_in_the_order_of_the_bytes_of_their_names() throws IOException {
    for (String name : List.of("b.mid", "a/z.mid", "a/B.mid", "a.mid", "é.mid", "z.mid", "a/b/c.mid", "\uFF5E.mid",
        "😀.mid", ".hidden/x.mid")) {
      write(name);
    }
    // U+FF5E comes before U+1F600 by bytes, and after it by Java's characters.
    assertThat(scan(false)).containsExactly(".hidden/x.mid", "a/B.mid", "a/b/c.mid", "a/z.mid", "a.mid", "b.mid",
        "z.mid", "é.mid", "\uFF5E.mid", "😀.mid");
    assertThat(scan(false)).isEqualTo(scan(false));
  }

  @Test
  void names_of_midi_files_are_taken_in_any_case_and_others_only_when_asked_for() throws IOException {
    for (String name : List.of("1.mid", "2.MIDI", "3.Kar", "4.rMi", "5.smf", "6.mid.txt", "7", "8mid", ".mid")) {
      write(name);
    }
    assertThat(scan(false)).containsExactly(".mid", "1.mid", "2.MIDI", "3.Kar", "4.rMi", "5.smf");
    assertThat(scan(true)).containsExactly(".mid", "1.mid", "2.MIDI", "3.Kar", "4.rMi", "5.smf", "6.mid.txt", "7",
        "8mid");
  }

  @Test
  void size_and_time_are_those_of_the_file_that_a_link_leads_to() throws IOException {
    Path file = write("real/a.mid");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T04:05:06.123456789Z")));
    Files.createSymbolicLink(root.resolve("link.mid"), Path.of("real/a.mid"));
    long micros = TimeUnit.SECONDS.toMicros(Instant.parse("2001-02-03T04:05:06Z").getEpochSecond()) + 123_456;
    long inode = ((Number) Files.getAttribute(file, "unix:ino")).longValue();
    assertThat(files(false)).containsExactly(new ScannedFile(Path.of("link.mid"), 3, micros, inode, true),
        new ScannedFile(Path.of("real/a.mid"), 3, micros, inode, false));
  }

  @Test
  void names_of_one_file_have_one_inode_and_files_of_another_device_another() throws IOException {
    Path file = write("a.mid");
    Files.createLink(root.resolve("b.mid"), file);
    write("c.mid");
    List<ScannedFile> files = files(false);
    assertThat(files.get(0).inodeKey()).isEqualTo(files.get(1).inodeKey()).isNotEqualTo(files.get(2).inodeKey());
    assertThat(files).noneMatch(ScannedFile::isLink);

    Path elsewhere = Path.of("/dev/shm");
    assertThat(Files.getAttribute(elsewhere, "unix:dev")).isNotEqualTo(Files.getAttribute(root, "unix:dev"));
    var seenFromElsewhere = new DirectoryScanner(root, elsewhere, false, (where, cause) -> {});
    assertThat(seenFromElsewhere.next().inodeKey()).isNotEqualTo(files.get(0).inodeKey());
    assertThat(seenFromElsewhere.next().inodeKey()).isNotEqualTo(files.get(0).inodeKey());
  }

  @Test
  void links_to_folders_are_not_descended_but_the_root_may_be_one() throws IOException {
    write("real/a.mid");
    Files.createSymbolicLink(root.resolve("real/up"), root);
    Files.createSymbolicLink(root.resolve("folder.mid"), root);
    assertThat(scan(true)).containsExactly("real/a.mid");

    Path link = Files.createSymbolicLink(root.resolve("start"), root.resolve("real"));
    assertThat(scan(link, false)).containsExactly("a.mid");
  }

  @Test
  void a_folder_named_like_a_file_is_descended() throws IOException {
    write("album.mid/a.mid");
    assertThat(scan(false)).containsExactly("album.mid/a.mid");
  }

  @Test
  void names_that_cannot_be_looked_at_are_given_all_the_same() throws IOException {
    Files.createSymbolicLink(root.resolve("dangling.mid"), Path.of("nowhere.mid"));
    Files.createSymbolicLink(root.resolve("itself.mid"), Path.of("itself.mid"));
    Files.createSymbolicLink(root.resolve("itself.txt"), Path.of("itself.txt"));
    assertThat(files(false)).containsExactly(ScannedFile.unseen(Path.of("dangling.mid")),
        ScannedFile.unseen(Path.of("itself.mid")));
    assertThat(scan(true)).containsExactly("dangling.mid", "itself.mid", "itself.txt");
  }

  @Test
  @Timeout(60)
  void pipes_are_passed_over() throws IOException, InterruptedException {
    shell("mkfifo \"$1\"", "pipe.mid");
    write("z.mid");
    List<String> special = new ArrayList<>();
    var scanner = new DirectoryScanner(root, root, false, new DirectoryScanner.Listener() {
      @Override
      public void unreadable(Path path, IOException cause) { throw new AssertionError(cause); }

      @Override
      public void special(Path path) { special.add(path.toString()); }
    });
    assertThat(scanner.next().path()).hasToString("z.mid");
    assertThat(scanner.hasNext()).isFalse();
    assertThat(special).containsExactly("pipe.mid");
  }

  @Test
  void a_folder_that_cannot_be_read_is_told_and_the_walk_goes_on() throws IOException, InterruptedException {
    write("z.mid");
    // A path longer than the system takes: not even root can read that folder by its name.
    String half = ("d".repeat(200) + "/").repeat(10);
    shell("mkdir -p \"$1\" && cd \"$1\" && mkdir -p \"$2\" && cd \"$2\" && mkdir \"$3\"", half, half, "e".repeat(250));
    try {
      assertThat(scan(false)).containsExactly("z.mid");
      assertThat(unreadable).hasSize(1);
      assertThat(unreadable.getFirst()).startsWith("ddd");
    } finally {
      shell("rm -rf \"$1\"", "d".repeat(200));
    }
  }

  @Test
  void a_folder_without_permission_is_told_unless_this_user_may_read_all() throws IOException {
    Path closed = Files.createDirectory(root.resolve("closed"));
    write("z.mid");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    assertThat(scan(false)).containsExactly("z.mid");
    assertThat(unreadable).isEqualTo(Files.isReadable(closed) ? List.of() : List.of("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void a_root_that_is_not_there_is_told() {
    assertThat(scan(root.resolve("nowhere"), false)).isEmpty();
    assertThat(unreadable).containsExactly("");
  }

  @Test
  void names_that_are_not_utf_8_survive() throws IOException {
    Path odd = root.resolve(StoredPath.ofBytes(new byte[]{'d', (byte) 0xE9}));
    Files.createDirectory(odd);
    Files.write(odd.resolve(StoredPath.ofBytes(new byte[]{(byte) 0xFF, '.', 'M', 'I', 'D'})), CONTENT);
    assertThat(scan(false)).containsExactly("d\\xe9/\\xff.MID");
    assertThat(root.resolve(StoredPath.toPath("d\\xe9/\\xff.MID"))).hasBinaryContent(CONTENT);
  }

  @Test
  void a_folder_that_vanishes_on_the_way_costs_only_itself() throws IOException {
    write("a.mid");
    Files.createDirectory(root.resolve("b"));
    write("c.mid");
    var scanner = scanner(root, false);
    assertThat(scanner.next().path()).hasToString("a.mid");
    Files.delete(root.resolve("b"));
    assertThat(scanner.next().path()).hasToString("c.mid");
    assertThatThrownBy(scanner::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void a_file_that_vanishes_on_the_way_is_no_file() throws IOException {
    write("a.mid");
    Path gone = write("b.mid");
    write("c.mid");
    var scanner = scanner(root, false);
    assertThat(scanner.next().path()).hasToString("a.mid");
    Files.delete(gone);
    assertThat(scanner.next().path()).hasToString("c.mid");
    assertThat(unreadable).isEmpty();
  }

  /** As when the library is unmounted: its files must not be taken for files of 0 bytes. */
  @Test
  void a_root_that_vanishes_on_the_way_is_told_and_the_walk_ends() throws IOException {
    Path library = Files.createDirectory(root.resolve("library"));
    write("library/a.mid");
    write("library/b.mid");
    write("library/c/d.mid");
    var scanner = scanner(library, false);
    assertThat(scanner.next().path()).hasToString("a.mid");
    Files.move(library, root.resolve("away"));
    assertThat(scanner.hasNext()).isFalse();
    assertThat(unreadable).containsExactly("");
  }

  /** As after an unmount, which leaves the mount point. */
  @Test
  void a_root_that_is_another_folder_on_the_way_is_told_and_the_walk_ends() throws IOException {
    Path library = Files.createDirectory(root.resolve("library"));
    write("library/a.mid");
    write("library/b.mid");
    write("library/c/d.mid");
    var scanner = scanner(library, false);
    assertThat(scanner.next().path()).hasToString("a.mid");
    Files.move(library, root.resolve("away"));
    write("library/c/d.mid");
    assertThat(scanner.hasNext()).isFalse();
    assertThat(unreadable).containsExactly("");
  }

  @Test
  void a_file_that_nobody_can_look_at_is_given_unseen_and_told() throws IOException, InterruptedException {
    write("z.mid");
    // A path longer than the system takes: its folder can be listed, and not even root can look at it by its name.
    String half = ("d".repeat(200) + "/").repeat(10);
    String name = "e".repeat(240) + ".mid";
    shell("mkdir -p \"$1\" && cd \"$1\" && mkdir -p \"$2\" && cd \"$2\" && touch \"$3\"", half, half, name);
    List<String> unseen = new ArrayList<>();
    try {
      var scanner = new DirectoryScanner(root, root, false, new DirectoryScanner.Listener() {
        @Override
        public void unreadable(Path path, IOException cause) { throw new AssertionError(cause); }

        @Override
        public void unseen(Path path, IOException cause) { unseen.add(path.toString()); }
      });
      assertThat(scanner.next()).isEqualTo(ScannedFile.unseen(Path.of(half + half + name)));
      assertThat(scanner.next().path()).hasToString("z.mid");
      assertThat(scanner.hasNext()).isFalse();
      assertThat(unseen).containsExactly(half + half + name);
    } finally {
      shell("rm -rf \"$1\"", "d".repeat(200));
    }
  }

  @Test
  @Timeout(60)
  void a_tree_as_deep_as_paths_allow_is_walked() throws IOException, InterruptedException {
    Path deep = root;
    while (deep.toString().length() < 3_900) {
      deep = Files.createDirectory(deep.resolve("d"));
    }
    Files.write(deep.resolve("a.mid"), CONTENT);
    assertThat(scan(false)).containsExactly(root.relativize(deep.resolve("a.mid")).toString());
    // JUnit's own way of removing so deep a tree takes minutes.
    shell("rm -rf d");
  }

  private void shell(String script, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).directory(root.toFile()).inheritIO().start().waitFor()).isZero();
  }

  private Path write(String name) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, CONTENT);
  }

  private DirectoryScanner scanner(Path folder, boolean allFiles) {
    return new DirectoryScanner(folder, root, allFiles, (where, cause) -> unreadable.add(where.toString()));
  }

  private List<ScannedFile> files(boolean allFiles) {
    var found = new ArrayList<ScannedFile>();
    scanner(root, allFiles).forEachRemaining(found::add);
    return found;
  }

  private List<String> scan(boolean allFiles) { return scan(root, allFiles); }

  private List<String> scan(Path folder, boolean allFiles) {
    var found = new ArrayList<String>();
    scanner(folder, allFiles).forEachRemaining(file -> found.add(StoredPath.toText(file.path())));
    return found;
  }
}
