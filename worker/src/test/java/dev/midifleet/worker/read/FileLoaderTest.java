package dev.midifleet.worker.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class FileLoaderTest {
  private static final long MAX = 8L << 20;
  private static final ReadAhead NEVER = new ReadAhead(0);
  private static final byte DIRT = (byte) 0xAA;

  @TempDir
  private Path folder;
  private final Arena arena = Arena.ofShared();
  private MemorySegment slab = MemorySegment.NULL;

  @BeforeEach
  void make_a_dirty_slab() {
    slab = arena.allocate(FileLoader.footprint(MAX) + 4_096, FileLoader.ALIGNMENT_BYTES);
    slab.fill(DIRT);
  }

  @AfterEach
  void give_the_slab_back() { arena.close(); }

  @ParameterizedTest
  @EnumSource
  void bytes_of_any_size_are_loaded_with_zeros_behind_and_neighbours_untouched(ReadMode mode) throws Exception {
    for (int size : new int[]{1, 63, 64, 65, 127, 128, 4_032, 4_095, 4_096, 4_097, 1 << 20}) {
      byte[] content = content(size);
      Path file = Files.write(folder.resolve("a.mid"), content);
      slab.fill(DIRT);
      long footprint = FileLoader.footprint(size);
      assertThat(footprint % 64).isZero();
      assertThat(footprint - size).isBetween(64L, 127L);
      assertThat(loader(mode).load(file, LibraryBounds.NONE, slab, place(128, footprint))).isEqualTo(size);
      assertThat(bytes(128, size)).isEqualTo(content);
      assertThat(bytes(128 + size, footprint - size)).containsOnly(0);
      assertThat(bytes(0, 128)).containsOnly(DIRT);
      assertThat(bytes(128 + footprint, 128)).containsOnly(DIRT);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_file_larger_than_the_room_leaves_the_slab_untouched(ReadMode mode) throws Exception {
    Path file = Files.write(folder.resolve("a.mid"), content(1_000));
    long room = FileLoader.footprint(1_000) - 1;
    assertThat(loader(mode).load(file, LibraryBounds.NONE, slab, place(0, room))).isEqualTo(FileLoader.NO_ROOM);
    assertThat(bytes(0, 2_048)).containsOnly(DIRT);
  }

  @ParameterizedTest
  @EnumSource
  void a_buffer_grows_to_the_file(ReadMode mode) throws Exception {
    byte[] content = content(3 << 20);
    Path file = Files.write(folder.resolve("a.mid"), content);
    try (var buffer = new FileBuffer()) {
      assertThat(loader(mode).load(file, LibraryBounds.NONE, buffer)).isEqualTo(content.length);
      assertThat(buffer.segment().asSlice(0, content.length).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_file_at_the_limit_is_loaded_and_one_byte_more_is_too_large(ReadMode mode) throws Exception {
    Path file = folder.resolve("a.mid");
    resize(file, MAX);
    assertThat(loader(mode).load(file, LibraryBounds.NONE, slab, place(0, slab.byteSize()))).isEqualTo(MAX);
    resize(file, MAX + 1);
    assertFails(mode, file, FailureKind.TOO_LARGE, "it has 8388609 bytes; MIDIFLEET_FILE_BYTES_MAX is 8388608");
  }

  @ParameterizedTest
  @EnumSource
  void what_cannot_be_read_says_why(ReadMode mode) throws Exception {
    assertFails(mode, Files.createFile(folder.resolve("empty.mid")), FailureKind.EMPTY, "it has 0 bytes");
    assertFails(mode, folder.resolve("nowhere.mid"), FailureKind.MISSING, "there is no such file");
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling.mid"), Path.of("nowhere.mid"));
    assertFails(mode, dangling, FailureKind.MISSING, "it is a link that leads nowhere");
    Path itself = Files.createSymbolicLink(folder.resolve("itself.mid"), Path.of("itself.mid"));
    assertFails(mode, itself, FailureKind.UNREADABLE,
        "its links lead in a loop, or through more than the system follows");
    assertFails(mode, folder, FailureKind.UNREADABLE, "it is a folder, not a file");
    Path pipe = folder.resolve("pipe.mid");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertFails(mode, pipe, FailureKind.UNREADABLE, "it is a pipe, a socket or a device, not a file");
    Path through = Files.write(folder.resolve("file"), content(1)).resolve("a.mid");
    assertFails(mode, through, FailureKind.MISSING, "there is no such file");
  }

  @ParameterizedTest
  @EnumSource
  void a_file_without_permission_is_unreadable_unless_this_user_may_read_all(ReadMode mode) throws Exception {
    Path closed = Files.write(folder.resolve("closed.mid"), content(10));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    if (Files.isReadable(closed)) {
      assertThat(loader(mode).load(closed, LibraryBounds.NONE, slab, place(0, 1_024))).isEqualTo(10);
    } else {
      assertFails(mode, closed, FailureKind.UNREADABLE, "this user may not read it");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_file_that_changes_under_the_reader_is_not_taken(ReadMode mode) throws Exception {
    assertChanged(mode, file -> resize(file, 0), ".*");
    assertChanged(mode, file -> resize(file, 4_096), ".*");
    assertChanged(mode, file -> resize(file, 999_999), ".*");
    assertChanged(mode, file -> Files.write(file, content(1), StandardOpenOption.APPEND),
        "it had 1000000 bytes before it was read and 1000001 after");
    assertChanged(mode, file -> Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH)),
        "it was written to while it was read");
    assertChanged(mode, file -> {
      Path other = Files.write(folder.resolve("other"), content(5));
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    }, "it had 1000000 bytes before it was read and 5 after");
    Path file = Files.write(folder.resolve("a.mid"), content(1_000_000));
    var loader = new FileLoader(mode, 1_000, MAX, NEVER, Files::delete);
    assertThatExceptionOfType(FileFailure.class)
        .isThrownBy(() -> loader.load(file, LibraryBounds.NONE, slab, place(0, slab.byteSize())))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.MISSING));
  }

  /** What a load on a file that is truncated and restored all the time may answer: all of it, or that it changed. */
  @ParameterizedTest
  @EnumSource
  void truncating_a_file_again_and_again_never_hurts_the_process(ReadMode mode) throws Exception {
    Path file = Files.write(folder.resolve("a.mid"), content(MAX));
    var stop = new AtomicBoolean();
    var writer = Thread.ofPlatform().start(() -> {
      try (var channel = new RandomAccessFile(file.toFile(), "rw")) {
        var random = new Random(1);
        while (!stop.get()) {
          channel.setLength(random.nextLong(MAX));
          channel.setLength(MAX);
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
    Map<FailureKind, Integer> kinds = new EnumMap<>(FailureKind.class);
    long end = System.nanoTime() + 1_500_000_000L;
    int tries = 0;
    while (System.nanoTime() < end || tries < 50) {
      tries++;
      try {
        assertThat(loader(mode).load(file, LibraryBounds.NONE, slab, place(0, slab.byteSize()))).isBetween(1L, MAX);
      } catch (FileFailure e) {
        kinds.merge(e.kind(), 1, Integer::sum);
      }
    }
    stop.set(true);
    writer.join();
    System.out.println("truncated under " + mode + ": " + tries + " loads, " + kinds);
    kinds.remove(FailureKind.EMPTY);
    assertThat(kinds.keySet()).containsExactly(FailureKind.CHANGED_WHILE_READ);
  }

  @Test
  void settings_choose_the_way() throws Exception {
    Path file = Files.write(folder.resolve("a.mid"), content(2_000));
    for (String read : new String[]{"auto", "map", "buffer"}) {
      var settings = Settings.of(Map.of("MIDIFLEET_READ", read, "MIDIFLEET_FILE_BYTES_MAX", "2000"));
      assertThat(new FileLoader(settings).load(file, LibraryBounds.NONE, slab, place(0, 4_096))).isEqualTo(2_000);
    }
  }

  @Test
  void a_name_that_is_not_utf_8_is_read() throws Exception {
    Path file = folder.resolve(StoredPath.ofBytes(new byte[]{(byte) 0xE9, '.', 'm', 'i', 'd'}));
    Files.write(file, content(5));
    assertThat(loader(ReadMode.AUTO).load(file, LibraryBounds.NONE, slab, place(0, 4_096))).isEqualTo(5);
  }

  @FunctionalInterface
  private interface Change {
    void apply(Path file) throws IOException;
  }

  private void assertChanged(ReadMode mode, Change change, String reason) throws IOException {
    Path file = Files.write(folder.resolve("a.mid"), content(1_000_000));
    var loader = new FileLoader(mode, 1_000, MAX, NEVER, change::apply);
    assertThatExceptionOfType(FileFailure.class)
        .isThrownBy(() -> loader.load(file, LibraryBounds.NONE, slab, place(0, slab.byteSize())))
        .withMessageMatching(reason).satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.CHANGED_WHILE_READ));
  }

  private void assertFails(ReadMode mode, Path file, FailureKind kind, String reason) {
    assertThatExceptionOfType(FileFailure.class)
        .isThrownBy(() -> loader(mode).load(file, LibraryBounds.NONE, slab, place(0, slab.byteSize())))
        .withMessage(reason).satisfies(e -> {
          assertThat(e.kind()).isEqualTo(kind);
          assertThat(e.byteOffset()).isEqualTo(FileFailure.NO_OFFSET);
        });
  }

  private static FileLoader.Place place(long at, long room) { return bytes -> bytes <= room ? at : FileLoader.NO_ROOM; }

  private static FileLoader loader(ReadMode mode) { return new FileLoader(mode, 4_096, MAX, NEVER, file -> {}); }

  private static void resize(Path file, long size) throws IOException {
    try (var open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(size);
    }
  }

  private static byte[] content(long size) {
    byte[] content = new byte[(int) size];
    new Random(size).nextBytes(content);
    return content;
  }

  private byte[] bytes(long at, long count) { return slab.asSlice(at, count).toArray(ValueLayout.JAVA_BYTE); }
}
