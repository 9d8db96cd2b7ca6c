package dev.midifleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.score.EventList;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No file that the limits let in comes near the time after which it would be taken for one that hangs. */
@Tag("long")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LargestFilesTest {
  private static final Settings SETTINGS = Settings.of(Map.of());
  private static final int NOTES = SETTINGS.integer(Setting.FILE_NOTES_MAX) - 1;
  private static final int BYTES = SETTINGS.integer(Setting.FILE_BYTES_MAX);
  private static final int HEADER_BYTES = 14;
  private static final int CHUNK_HEAD_BYTES = 8;
  private static final int TRACKS = 0xFFFF;
  private static final byte[] END = {0, (byte) 0xFF, 0x2F, 0};

  /** What a file is full of. */
  enum Shape {
    NOTES_ONE_BY_ONE,
    CHORDS_OF_128,
    CONTROLLERS,
    LYRICS,
    SYSTEM_EXCLUSIVE,
    /** As many tempi, signatures of both kinds and programs as are kept, in two tracks, out of the order of time. */
    TEMPI_SIGNATURES_PROGRAMS,
    TRACKS_65535,
    /** Notes that nobody ends. */
    HANGING_NOTES
  }

  @ParameterizedTest
  @EnumSource
  void the_largest_file_of_each_shape_takes_a_quarter_of_the_limit_at_most(Shape shape) throws Exception {
    List<byte[]> tracks = tracks(shape);
    long bytes = HEADER_BYTES + tracks.stream().mapToLong(track -> CHUNK_HEAD_BYTES + track.length).sum();
    assertThat(bytes).isLessThanOrEqualTo(BYTES);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment file = arena.allocate(bytes + 128);
      file.asByteBuffer().put("MThd".getBytes(StandardCharsets.US_ASCII)).putInt(6)
          .putShort((short) (tracks.size() > 1 ? 1 : 0)).putShort((short) tracks.size()).putShort((short) 480);
      ByteBuffer chunks = file.asSlice(HEADER_BYTES).asByteBuffer();
      for (byte[] track : tracks) {
        chunks.put("MTrk".getBytes(StandardCharsets.US_ASCII)).putInt(track.length).put(track);
      }
      var analysis = new Analysis();
      var analyzer = new Workspace(SETTINGS).analyzer();
      long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      analyzer.analyze(file, 0, bytes, analysis);
      Duration cpu = Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin);
      System.out.println(shape + ": " + (bytes >> 20) + " MiB, " + analysis.totalNotes() + " notes, "
          + cpu.toMillis() + " ms");
      assertThat(cpu).isLessThan(SETTINGS.duration(Setting.FILE_TIMEOUT).dividedBy(4));
    }
  }

  @Test
  void the_limits_are_the_documented_ones() {
    assertThat(BYTES).isEqualTo(128 << 20);
    assertThat(NOTES).isEqualTo(9_999_999);
  }

  private static List<byte[]> tracks(Shape shape) {
    return switch (shape) {
      case NOTES_ONE_BY_ONE, CHORDS_OF_128, CONTROLLERS, LYRICS, SYSTEM_EXCLUSIVE, HANGING_NOTES ->
        List.of(track(shape));
      case TEMPI_SIGNATURES_PROGRAMS -> {
        byte[] half = track(shape);
        yield List.of(half, half);
      }
      case TRACKS_65535 -> Collections.nCopies(TRACKS, track(shape));
    };
  }

  private static byte[] track(Shape shape) {
    var dice = new Random(1);
    return switch (shape) {
      case NOTES_ONE_BY_ONE -> {
        byte[] pair = {1, 60, 64, 1, 60, 0};
        yield repeated(new byte[]{0, (byte) 0x90, 60, 64, 1, 60, 0}, 6 * (NOTES - 1), i -> {
          if (i % 6 == 1) {
            pair[1] = (byte) (30 + dice.nextInt(70));
            pair[4] = pair[1];
          }
          return pair[i % 6];
        });
      }
      case CHORDS_OF_128 -> {
        int pitches = 128;
        int chord = 2 * pitches * 3;
        int bytes = (NOTES - 1) / pitches * chord;
        yield repeated(new byte[]{0, (byte) 0x90, 60, 64, 1, 60, 0}, bytes, i -> {
          int event = i % chord / 3;
          return (byte) switch (i % 3) {
            case 0 -> event == pitches ? 10 : 0;
            case 1 -> event % pitches;
            default -> event < pitches ? 64 : 0;
          };
        });
      }
      case CONTROLLERS -> repeated(new byte[]{0, (byte) 0x90, 60, 64, 1, 60, 0, 0, (byte) 0xB0, 7, 1},
          BYTES / 3 * 3 - 90, i -> (byte) (i % 3 == 0 ? 0 : dice.nextInt(120)));
      case LYRICS -> repeated(new byte[]{0, (byte) 0x90, 60, 64, 1, 60, 0}, BYTES / 7 * 7 - 70,
          i -> new byte[]{1, (byte) 0xFF, 5, 3, 'l', 'a', ' '}[i % 7]);
      case SYSTEM_EXCLUSIVE -> repeated(new byte[]{0, (byte) 0x90, 60, 64, 1, 60, 0}, BYTES / 5 * 5 - 70,
          i -> new byte[]{0, (byte) 0xF0, 2, 0x41, (byte) 0xF7}[i % 5]);
      case TEMPI_SIGNATURES_PROGRAMS -> {
        byte[] round = {1, (byte) 0xFF, 0x51, 3, 7, 0, 0, 0, (byte) 0xFF, 0x58, 4, 3, 2, 24, 8, 0, (byte) 0xFF, 0x59, 2,
            0, 0, 0, (byte) 0xC0, 1, 1, (byte) 0x90, 60, 64, 1, 60, 0};
        // Of tempo, numerator, key and program; note-on and its end.
        yield repeated(new byte[0], round.length * (EventList.EVENTS_MAX / 2), i -> switch (i % round.length) {
          case 5, 6 -> (byte) dice.nextInt(256);
          case 11 -> (byte) (1 + dice.nextInt(12));
          case 19 -> (byte) (dice.nextInt(15) - 7);
          case 23 -> (byte) dice.nextInt(128);
          default -> round[i % round.length];
        });
      }
      case TRACKS_65535 ->
        repeated(new byte[]{0, (byte) 0xFF, 3, 2, 'n', 'o', 0, (byte) 0xC0, 5, 0, (byte) 0x90, 60, 64,
            1, 60, 0}, 6 * (NOTES / TRACKS - 1), i -> new byte[]{1, 64, 64, 1, 64, 0}[i % 6]);
      case HANGING_NOTES -> repeated(new byte[]{0, (byte) 0x90, 60, 64}, 3 * (NOTES - 1),
          i -> (byte) (i % 3 == 0 ? 1 : i % 3 == 1 ? dice.nextInt(128) : 64));
    };
  }

  @FunctionalInterface
  private interface ByteAt {
    byte at(int index);
  }

  private static byte[] repeated(byte[] first, int bytes, ByteAt source) {
    byte[] track = new byte[first.length + bytes + END.length];
    System.arraycopy(first, 0, track, 0, first.length);
    for (int i = 0; i < bytes; i++) {
      track[first.length + i] = source.at(i);
    }
    System.arraycopy(END, 0, track, first.length + bytes, END.length);
    return track;
  }
}
