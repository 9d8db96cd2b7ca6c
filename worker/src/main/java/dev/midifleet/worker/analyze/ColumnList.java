package dev.midifleet.worker.analyze;

import static dev.midifleet.worker.analyze.FactType.BOOLEAN;
import static dev.midifleet.worker.analyze.FactType.INTEGER;
import static dev.midifleet.worker.analyze.FactType.REAL;
import static dev.midifleet.worker.analyze.FactType.SMALLINT;
import static dev.midifleet.worker.analyze.FactType.WORD;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Columns as they are added, one kind after the other, and the packed forms of their values. */
abstract class ColumnList {
  private final List<FactColumn> columns = new ArrayList<>();

  List<FactColumn> columns() { return List.copyOf(columns); }

  void add(String name, FactType type, String doc, FactColumn.Extractor extractor) {
    columns.add(new FactColumn(name, type, doc, List.of(), extractor));
  }

  void integer(String name, String doc, ToIntFunction<Analysis> field) {
    add(name, INTEGER, doc, a -> field.applyAsInt(a) == Analysis.UNKNOWN ? null : (Integer) field.applyAsInt(a));
  }

  void small(String name, String doc, ToIntFunction<Analysis> field) {
    add(name, SMALLINT, doc, a -> field.applyAsInt(a) == Analysis.UNKNOWN ? null : (Short) (short) field.applyAsInt(a));
  }

  void real(String name, String doc, ToDoubleFunction<Analysis> field) {
    add(name, REAL, doc, a -> Double.isNaN(field.applyAsDouble(a)) ? null : (Float) (float) field.applyAsDouble(a));
  }

  void flag(String name, String doc, Predicate<Analysis> field) { add(name, BOOLEAN, doc, field::test); }

  // The place in the enum is the stored code; each enum says so.
  <E extends Enum<E>> void word(String name, Class<E> type, String doc, Function<Analysis, @Nullable E> field) {
    List<String> words = Arrays.stream(type.getEnumConstants()).map(word -> word.name().toLowerCase(Locale.ROOT))
        .toList();
    columns.add(new FactColumn(name, WORD, doc, words, a -> {
      E value = field.apply(a);
      return value == null ? null : (Short) (short) value.ordinal();
    }));
  }

  static byte[] bits(long low, long high, int bytes) {
    byte[] set = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      set[i] = (byte) ((i < Long.BYTES ? low : high) >>> (8 * (i % Long.BYTES)));
    }
    return set;
  }

  static byte[] numbers(short[] values) {
    byte[] bytes = new byte[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[2 * i] = (byte) (values[i] >> 8);
      bytes[2 * i + 1] = (byte) values[i];
    }
    return bytes;
  }

  static byte[] shares(int[] parts) {
    byte[] bytes = new byte[2 * parts.length];
    for (int i = 0; i < parts.length; i++) {
      bytes[2 * i] = (byte) (parts[i] >> 8);
      bytes[2 * i + 1] = (byte) parts[i];
    }
    return bytes;
  }
}
