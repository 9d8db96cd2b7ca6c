package dev.midifleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.analyze.Analysis;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No file that the limits let in comes near the time after which it would be taken for one that hangs. */
@Tag("long")
class LargestFilesTest {
  private static final Settings SETTINGS = Settings.of(Map.of());
  private static final int NOTES = SETTINGS.integer(Setting.FILE_NOTES_MAX) - 1;
  private static final int BYTES = SETTINGS.integer(Setting.FILE_BYTES_MAX);
  private static final int HEADER_BYTES = 22;

  /** What a file is full of. */
  enum Shape {
    NOTES_ONE_BY_ONE,
    CHORDS_OF_128,
    CONTROLLERS,
    LYRICS,
    SYSTEM_EXCLUSIVE
  }

  @ParameterizedTest
  @EnumSource
  void the_largest_file_of_each_shape_takes_a_quarter_of_the_limit_at_most(Shape shape) throws Exception {
    byte[] track = track(shape);
    byte[] head = ByteBuffer.allocate(HEADER_BYTES).put("MThd".getBytes(StandardCharsets.US_ASCII)).putInt(6)
        .putShort((short) 0).putShort((short) 1).putShort((short) 480).put("MTrk".getBytes(StandardCharsets.US_ASCII))
        .putInt(track.length).array();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment file = arena.allocate(HEADER_BYTES + track.length + 128L);
      MemorySegment.copy(MemorySegment.ofArray(head), 0, file, 0, head.length);
      MemorySegment.copy(MemorySegment.ofArray(track), 0, file, head.length, track.length);
      var analysis = new Analysis();
      var analyzer = new Workspace(SETTINGS).analyzer();
      long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      analyzer.analyze(file, 0, HEADER_BYTES + (long) track.length, analysis);
      Duration cpu = Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin);
      System.out.println(shape + ": " + (track.length >> 20) + " MiB, " + analysis.totalNotes() + " notes, "
          + cpu.toMillis() + " ms");
      assertThat(cpu).isLessThan(SETTINGS.duration(Setting.FILE_TIMEOUT).dividedBy(4));
    }
  }

  @Test
  void the_limits_are_the_documented_ones() {
    assertThat(BYTES).isEqualTo(128 << 20);
    assertThat(NOTES).isEqualTo(9_999_999);
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
    };
  }

  @FunctionalInterface
  private interface ByteAt {
    byte at(int index);
  }

  private static byte[] repeated(byte[] first, int bytes, ByteAt source) {
    byte[] end = {0, (byte) 0xFF, 0x2F, 0};
    byte[] track = new byte[first.length + bytes + end.length];
    System.arraycopy(first, 0, track, 0, first.length);
    for (int i = 0; i < bytes; i++) {
      track[first.length + i] = source.at(i);
    }
    System.arraycopy(end, 0, track, first.length + bytes, end.length);
    return track;
  }
}
