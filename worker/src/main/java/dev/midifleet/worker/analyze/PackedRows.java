package dev.midifleet.worker.analyze;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lists as rows of one width, of unsigned big-endian numbers: PostgreSQL takes them as they are, where it would have to take
 * JSON apart. What {@link #json} makes of them, the functions {@code midifleet_chords}, {@code midifleet_tempi} and
 * {@code midifleet_controllers} make in the database.
 */
final class PackedRows {
  /** What stands in for no chord. */
  static final int NO_CHORD = 0xFF;
  /** Added to what a controller was set to, so that nothing is negative: a pitch bend is -8192 or more. */
  static final int BIAS = 8192;
  static final int MEAN_UNIT = 1_000;

  private static final int TICK = 4;
  private static final int MILLIS = 6;
  private static final int MICROS = 8;
  private static final int TEMPO = 3;
  private static final int COUNT = 4;
  private static final int VALUE = 2;
  private static final int MEAN = 4;
  private static final int CHORD_ROW = TICK + MILLIS + 1;
  private static final int TEMPO_ROW = TICK + MICROS + TEMPO;
  private static final int CONTROLLER_ROW = 1 + COUNT + 2 * VALUE + MEAN;

  private static final long A_SECOND = 1_000_000;
  private static final double A_MINUTE = 6e7;

  private byte[] rows = new byte[64 * CHORD_ROW];
  private int size;

  PackedRows clear() {
    size = 0;
    return this;
  }

  /**
   * @param tick
   *          0 or more
   * @param millis
   *          below 2^48
   * @param chord
   *          its type times 12 plus its root, or {@link #NO_CHORD}
   */
  void chord(int tick, long millis, int chord) {
    makeRoom(CHORD_ROW);
    put(tick, TICK);
    put(millis, MILLIS);
    put(chord, 1);
  }

  /**
   * @param tick
   *          0 or more
   * @param micros
   *          from the start
   * @param tempo
   *          microseconds a quarter note, 1 to 2^24 - 1
   */
  void tempo(int tick, long micros, int tempo) {
    makeRoom(TEMPO_ROW);
    put(tick, TICK);
    put(micros, MICROS);
    put(tempo, TEMPO);
  }

  /**
   * @param place
   *          of a {@link dev.midifleet.worker.score.ControllerTable}
   * @param mean
   *          in thousandths
   */
  void controller(int place, int count, int min, int max, long mean) {
    makeRoom(CONTROLLER_ROW);
    put(place, 1);
    put(count, COUNT);
    put(min + BIAS, VALUE);
    put(max + BIAS, VALUE);
    put(mean + BIAS * MEAN_UNIT, MEAN);
  }

  /** A new array of all rows since {@link #clear()}; null if there are none. */
  byte @Nullable [] bytes() {
    return size == 0 ? null : Arrays.copyOf(rows, size);
  }

  private void makeRoom(int bytes) {
    if (size + bytes > rows.length) {
      rows = Arrays.copyOf(rows, 2 * rows.length);
    }
  }

  private void put(long value, int bytes) {
    for (int shift = Byte.SIZE * (bytes - 1); shift >= 0; shift -= Byte.SIZE) {
      rows[size++] = (byte) (value >>> shift);
    }
  }

  /**
   * What the rows say.
   *
   * @param type
   *          CHORDS, TEMPI or CONTROLLERS
   */
  static String json(FactType type, byte[] rows) {
    return switch (type) {
      case CHORDS -> chords(rows);
      case TEMPI -> tempi(rows);
      case CONTROLLERS -> controllers(rows);
      default -> throw new IllegalArgumentException(type + " is not a type of rows");
    };
  }

  private static String chords(byte[] rows) {
    var json = new JsonText().raw("[");
    for (int at = 0; at < rows.length; at += CHORD_ROW) {
      int chord = (int) number(rows, at + TICK + MILLIS, 1);
      json.comma().raw("{\"tick\":").number(number(rows, at, TICK)).raw(",\"second\":")
          .parts(number(rows, at + TICK, MILLIS), MEAN_UNIT).raw(",\"chord\":\"")
          .raw(chord == NO_CHORD ? Chords.NO_CHORD : Chords.name(chord)).raw("\"}");
    }
    return json.raw("]").text();
  }

  private static String tempi(byte[] rows) {
    var json = new JsonText().raw("[");
    for (int at = 0; at < rows.length; at += TEMPO_ROW) {
      json.comma().raw("{\"tick\":").number(number(rows, at, TICK)).raw(",\"second\":")
          .parts(number(rows, at + TICK, MICROS), A_SECOND).raw(",\"bpm\":")
          .decimal(A_MINUTE / number(rows, at + TICK + MICROS, TEMPO)).raw("}");
    }
    return json.raw("]").text();
  }

  private static String controllers(byte[] rows) {
    var json = new JsonText().raw("{");
    String separator = "\"";
    for (int at = 0; at < rows.length; at += CONTROLLER_ROW) {
      int from = at + 1 + COUNT;
      json.raw(separator).raw(ControllerData.name((int) number(rows, at, 1))).raw("\":{\"count\":")
          .number(number(rows, at + 1, COUNT)).raw(",\"min\":").number(number(rows, from, VALUE) - BIAS)
          .raw(",\"max\":")
          .number(number(rows, from + VALUE, VALUE) - BIAS).raw(",\"mean\":")
          .parts(number(rows, from + 2 * VALUE, MEAN) - BIAS * MEAN_UNIT, MEAN_UNIT).raw("}");
      separator = ",\"";
    }
    return json.raw("}").text();
  }

  private static long number(byte[] rows, int at, int bytes) {
    long value = 0;
    for (int i = at; i < at + bytes; i++) {
      value = (value << Byte.SIZE) | (rows[i] & 0xFF);
    }
    return value;
  }
}
