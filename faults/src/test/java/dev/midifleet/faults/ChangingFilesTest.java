package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files change between the moments in which they are looked at; each ends with the kind that is its own. */
@Tag("long")
@Timeout(300)
class ChangingFilesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int LARGE = 100_000;
  private static final int FILES_OF_EACH_WAY = 6;
  private static final int SLAB_BYTES = 6 << 20;
  private static final int OVERSIZE_BYTES = 20 << 20;
  private static final int ALONE_BYTES = 8 << 10;

  @TempDir
  Path temp = Path.of("set by JUnit");
  private @Nullable FleetUnderTest opened;
  private Path library = temp;
  private final Set<String> paths = new HashSet<>();
  private final Map<String, FailureKind> dead = new HashMap<>();

  /** What a name is when it is read. */
  @FunctionalInterface
  private interface Change {
    void apply(Path file) throws Exception;
  }

  @BeforeEach
  void open() throws IOException {
    opened = new FleetUnderTest(TestDatabase.shared(), TestBroker.shared(), temp);
    library = Files.createDirectory(temp.resolve("midi"));
  }

  @AfterEach
  void close() throws Exception {
    fleet().close();
    // Whatever a test has closed must be open for those who clean up.
    new ProcessBuilder("chmod", "-R", "u+rwX", temp.toString()).start().waitFor();
    System.out.println(fleet().said());
  }

  private FleetUnderTest fleet() { return Objects.requireNonNull(opened); }

  @Test
  void what_is_replaced_between_enqueue_and_read_has_a_kind_of_its_own() throws Exception {
    fleet().set("MIDIFLEET_FILE_BYTES_MAX", Integer.toString(LARGE)).set("MIDIFLEET_RETRY_DELAYS", "200ms");
    for (int i = 0; i < 10; i++) {
      sound("sound " + i + ".mid", 30 + i);
    }
    Files.write(MadeLibrary.notUtf8(library), SmfBuilder.scale(90));
    paths.add("caf\\xe9.mid");
    Files.createFile(library.resolve("born empty.mid"));
    Files.createSymbolicLink(library.resolve("born gone.mid"), Path.of("nowhere.mid"));
    Files.createSymbolicLink(library.resolve("born loop.mid"), Path.of("other loop.mid"));
    Files.createSymbolicLink(library.resolve("other loop.mid"), Path.of("born loop.mid"));
    dead.putAll(Map.of("born empty.mid", FailureKind.EMPTY, "born gone.mid", FailureKind.MISSING, "born loop.mid",
        FailureKind.UNREADABLE, "other loop.mid", FailureKind.UNREADABLE));
    Map<String, Change> changes = changes();
    for (String name : changes.keySet()) {
      sound(name, 60);
    }
    sound("other.mid", 61);
    paths.addAll(dead.keySet());
    enqueue();
    for (var change : changes.entrySet()) {
      Path file = library.resolve(change.getKey());
      if (!change.getKey().contains("closed")) {
        Files.delete(file);
      }
      change.getValue().apply(file);
    }
    Files.write(library.resolve("other.mid"), SmfBuilder.scale(97));

    var worker = fleet().midifleet("").behind(withoutPrivilege()).start("worker", "--threads", "2");
    balance();
    stop(worker);
    try (Connection rows = fleet().connect()) {
      assertThat(Rows.lines(rows, """
          select distinct reason from dead_files d join files f on f.id = d.file_id
          where f.path in ('pipe.mid', 'socket.mid', 'device.mid')"""))
          .containsExactly("it is a pipe, a socket or a device, not a file");
      assertThat(Rows.number(rows, "select count(*) from facts")).as("contents: the new one, not the old")
          .isEqualTo(12);
    }
  }

  private Map<String, Change> changes() {
    Map<String, Change> changes = new HashMap<>();
    add(changes, "emptied.mid", FailureKind.EMPTY, Files::createFile);
    add(changes, "deleted.mid", FailureKind.MISSING, file -> {});
    add(changes, "text.mid", FailureKind.NOT_MIDI, file -> Files.writeString(file, "no music"));
    add(changes, "large.mid", FailureKind.TOO_LARGE, file -> resize(file, LARGE + 1));
    add(changes, "folder.mid", FailureKind.UNREADABLE, Files::createDirectory);
    add(changes, "loop.mid", FailureKind.UNREADABLE, file -> Files.createSymbolicLink(file, file.getFileName()));
    add(changes, "pipe.mid", FailureKind.UNREADABLE, file -> run("mkfifo", file.toString()));
    add(changes, "socket.mid", FailureKind.UNREADABLE, file -> {
      try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        socket.bind(UnixDomainSocketAddress.of(file));
      }
    });
    if (isRoot()) {
      // Only root can make one; it would give zeros for ever.
      add(changes, "device.mid", FailureKind.UNREADABLE, file -> run("mknod", file.toString(), "c", "1", "5"));
    }
    add(changes, "closed.mid", FailureKind.UNREADABLE,
        file -> Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------")));
    add(changes, "closed folder/a.mid", FailureKind.UNREADABLE,
        file -> Files.setPosixFilePermissions(Objects.requireNonNull(file.getParent()),
            PosixFilePermissions.fromString("---------")));
    return changes;
  }

  private void add(Map<String, Change> changes, String name, FailureKind kind, Change change) {
    changes.put(name, change);
    dead.put(name, kind);
  }

  /** Files that grow and shrink all the time, always to something sound: whatever is read whole is usable. */
  @ParameterizedTest
  @ValueSource(strings = {"map", "buffer", "auto"})
  void what_is_truncated_while_it_is_read_is_tried_again(String mode) throws Exception {
    fleet().set("MIDIFLEET_READ", mode).set("MIDIFLEET_RETRY_DELAYS", "8s,8s").set("MIDIFLEET_BATCH_FILES", "2");
    for (int i = 0; i < FILES_OF_EACH_WAY; i++) {
      sound("slab " + i + ".mid", 40 + i);
      resize(library.resolve("slab " + i + ".mid"), SLAB_BYTES);
      sound("oversize " + i + ".mid", 60 + i);
      resize(library.resolve("oversize " + i + ".mid"), OVERSIZE_BYTES);
    }
    enqueue();
    var stop = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> changeAll(stop));
    Midifleet.Running worker;
    try {
      worker = fleet().midifleet("").start("worker", "--threads", "1");
      awaitRetried("slab");
      awaitRetried("oversize");
    } finally {
      stop.set(true);
      writer.join();
    }
    balance();
    stop(worker);
    assertThat(worker.errors()).contains("CHANGED_WHILE_READ").doesNotContain("INTERNAL_ERROR");
  }

  private void awaitRetried(String way) {
    await("a file of the " + way + " way is tried again").atMost(PATIENCE).until(() -> {
      try (Connection rows = fleet().connect()) {
        return Rows.number(rows, "select count(*) from batches b join files f on f.id = any(b.file_ids)"
            + " where b.attempt > 1 and f.path like '" + way + "%'") > 0;
      }
    });
  }

  private void changeAll(AtomicBoolean stop) {
    var random = new Random(1);
    try {
      List<String> names = List.copyOf(paths);
      while (!stop.get()) {
        for (String name : names) {
          int full = name.startsWith("slab") ? SLAB_BYTES : OVERSIZE_BYTES;
          resize(library.resolve(name), LARGE + random.nextInt(full - LARGE));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** While it is parsed and analysed: nothing points into the file any more, however it was read. */
  @ParameterizedTest
  @CsvSource({"map,slab", "buffer,slab", "auto,slab", "map,alone", "buffer,alone", "auto,alone"})
  void what_changes_after_it_was_read_is_stored_as_it_was_read(String mode, String way) throws Exception {
    fleet().set("MIDIFLEET_READ", mode).set("MIDIFLEET_ALONE_BYTES", Integer.toString(ALONE_BYTES));
    boolean isAlone = way.equals("alone");
    byte[] content = SmfBuilder.smf().track(t -> {
      t.name("as read");
      for (int i = 0; i < (isAlone ? 4_000 : 1); i++) {
        t.note(0, 60 + i % 12, 90, i * 96L, 96);
      }
    }).bytes();
    assertThat(content.length > ALONE_BYTES).isEqualTo(isAlone);
    Files.write(library.resolve("one.mid"), content);
    paths.add("one.mid");
    if (!isAlone) {
      Files.copy(library.resolve("one.mid"), library.resolve("twin.mid"));
      paths.add("twin.mid");
    }
    enqueue();
    var worker = fleet().midifleet("hold@ANALYZING:1!" + fleet().mark("held")).start("worker", "--threads", "1");
    fleet().awaitMark("held");
    for (String path : paths) {
      Files.write(library.resolve(path), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
    }
    Files.delete(library.resolve("one.mid"));
    fleet().release("held");
    balance();
    stop(worker);
    try (Connection rows = fleet().connect()) {
      assertThat(Rows.lines(rows, "select title from facts")).containsExactly("as read");
    }
  }

  @Test
  void files_that_nobody_may_look_at_keep_their_rows() throws Exception {
    sound("open.mid", 40);
    for (int i = 0; i < 3; i++) {
      sound("closed folder/" + i + ".mid", 50 + i);
    }
    enqueue();
    var worker = fleet().midifleet("").start("worker", "--threads", "1");
    balance();
    // It can be listed, and nothing in it looked at.
    Files.setPosixFilePermissions(library.resolve("closed folder"), PosixFilePermissions.fromString("r--------"));
    var again = fleet().midifleet("").behind(withoutPrivilege()).start("enqueue", library.toString());
    assertThat(again.exitCode(60)).as(again::errors).isEqualTo(1);
    assertThat(again.output()).contains("4 files: 0 new, 0 changed, 4 unchanged", "3 files could not be read");
    assertThat(again.errors()).containsOnlyOnce("cannot be looked at (no permission)");
    balance();
    stop(worker);
    try (Connection rows = fleet().connect()) {
      assertThat(Rows.number(rows, "select count(*) from files where size_bytes > 0 and content_hash is not null"))
          .isEqualTo(4);
    }
  }

  @Test
  void a_library_that_is_not_mounted_pauses_the_worker() throws Exception {
    for (int i = 0; i < 20; i++) {
      sound(i + ".mid", 30 + i);
    }
    enqueue();
    Path away = temp.resolve("away");
    Files.move(library, away);
    var worker = fleet().midifleet("").start("worker", "--threads", "1");
    awaitState("paused");
    assertThat(worker.errors()).contains("is not mounted at " + library, "taking no more batches");
    assertThat(fleet().midifleet("").succeed("status").output()).contains(": paused, ");
    // The place where it is mounted is there again, and nothing is mounted.
    Files.createDirectory(library);
    Thread.sleep(5_000);
    awaitState("paused");
    try (Connection rows = fleet().connect()) {
      assertThat(Rows.number(rows, "select count(*) from dead_files")).isZero();
      assertThat(Rows.number(rows, "select count(*) from batches where attempt > 1")).isZero();
    }
    Files.delete(library);
    Files.move(away, library);
    balance();
    awaitState("running");
    assertThat(worker.errors()).contains("is back");
    stop(worker);
    try (Connection rows = fleet().connect()) {
      assertThat(Rows.number(rows, "select max(taken) from batches")).isEqualTo(1);
    }
  }

  @Test
  void a_library_that_is_mounted_on_one_of_two_hosts_is_done_by_that_one() throws Exception {
    for (int i = 0; i < 20; i++) {
      sound(i + ".mid", 30 + i);
    }
    enqueue();
    var without = fleet().midifleet("").with(Map.of("MIDIFLEET_LIBRARY_MIDI", temp.resolve("nowhere").toString()))
        .start("worker", "--threads", "1", "--slots", "1");
    awaitState("paused");
    var with = fleet().midifleet("").start("worker", "--threads", "1");
    balance();
    assertThat(without.errors()).contains("is not mounted at", "is given back for a host that has library \"midi\"");
    try (Connection rows = fleet().connect()) {
      assertThat(Rows.lines(rows, "select state from workers order by started_at")).containsExactly("paused",
          "running");
      assertThat(Rows.number(rows, "select max(taken) from batches")).isEqualTo(1);
      assertThat(Rows.number(rows, "select count(*) from batches where attempt > 1")).isZero();
    }
    stop(without);
    stop(with);
  }

  private void awaitState(String state) {
    await("the worker is " + state).atMost(PATIENCE).until(() -> {
      try (Connection rows = fleet().connect()) {
        return Rows.lines(rows, "select state from workers").equals(List.of(state));
      }
    });
  }

  private void sound(String name, int tonic) throws IOException {
    Path file = library.resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.write(file, SmfBuilder.scale(tonic));
    paths.add(name);
  }

  /** The whole command. That a busy broker has not confirmed all when it ends is told by 1, and the workers publish. */
  private void enqueue() throws IOException, InterruptedException {
    var enqueued = fleet().midifleet("").start("enqueue", library.toString());
    assertThat(enqueued.exitCode(60)).as(enqueued::errors).isIn(0, 1);
  }

  private void balance() throws SQLException, InterruptedException { fleet().balance(Ledger.Expected.of(paths, dead)); }

  private static void stop(Midifleet.Running worker) throws InterruptedException {
    worker.process().destroy();
    assertThat(worker.exitCode(60)).as(worker::errors).isIn(0, 143);
  }

  /** Root reads what is closed to it as well, unless it gives that up. */
  private static List<String> withoutPrivilege() {
    return isRoot() ? List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--") : List.of();
  }

  private static boolean isRoot() { return "root".equals(System.getProperty("user.name")); }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).as(String.join(" ", command)).isZero();
  }

  private static void resize(Path file, long size) throws IOException {
    try (var open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(size);
    }
  }
}
