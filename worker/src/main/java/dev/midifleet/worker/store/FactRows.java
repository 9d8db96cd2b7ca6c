package dev.midifleet.worker.store;

import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.FactColumn;
import dev.midifleet.worker.analyze.FactColumns;
import dev.midifleet.worker.analyze.FactType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code facts} as {@code COPY ... (format binary)} takes them, in one array that is reused: a signature, then for
 * each row the number of its fields and each field's length and bytes, big-endian, then a number of -1.
 *
 * <pre>
 * PGCOPY \n 0xFF \r \n 0 | flags 4 | extension 4 | fields 2 | (length 4 | bytes) ... | ... | -1 2
 * </pre>
 */
public final class FactRows {
  private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0,
      0, 0,
      0, 0};
  private static final int NULL = -1;
  private static final int END = -1;
  private static final int ROOM_OF_A_NUMBER = 16;

  private final List<FactColumn> columns = FactColumns.all();
  private byte[] bytes = new byte[1 << 16];
  private int size;

  /** The rows as COPY takes them, in {@link #array()} up to {@link #size()}, until the next call. */
  public void encode(List<Analysis> rows) {
    size = 0;
    put(SIGNATURE);
    for (Analysis row : rows) {
      put(columns.size(), Short.BYTES);
      for (int i = 0; i < columns.size(); i++) {
        FactColumn column = columns.get(i);
        field(column.type(), column.boxed(row));
      }
    }
    put(END, Short.BYTES);
  }

  public byte[] array() { return bytes; }

  public int size() { return size; }

  private void field(FactType type, @Nullable Object value) {
    if (value == null) {
      put(NULL, Integer.BYTES);
      return;
    }
    switch (type) {
      case REAL -> number(Float.floatToRawIntBits((Float) value), Integer.BYTES);
      case DOUBLE -> number(Double.doubleToRawLongBits((Double) value), Long.BYTES);
      case SMALLINT, WORD -> number((Short) value, Short.BYTES);
      case INTEGER -> number((Integer) value, Integer.BYTES);
      case BIGINT -> number((Long) value, Long.BYTES);
      case BOOLEAN -> number((Boolean) value ? 1 : 0, Byte.BYTES);
      case UUID -> {
        var uuid = (UUID) value;
        put(2 * Long.BYTES, Integer.BYTES);
        put(uuid.getMostSignificantBits(), Long.BYTES);
        put(uuid.getLeastSignificantBits(), Long.BYTES);
      }
      case TEXT, JSON -> {
        byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
        put(text.length, Integer.BYTES);
        put(text);
      }
      case BITS, SHARES, NUMBERS, CHORDS, TEMPI, CONTROLLERS -> {
        byte[] packed = (byte[]) value;
        put(packed.length, Integer.BYTES);
        put(packed);
      }
    }
  }

  private void number(long value, int width) {
    put(width, Integer.BYTES);
    put(value, width);
  }

  private void put(long value, int width) {
    makeRoom(ROOM_OF_A_NUMBER);
    for (int shift = Byte.SIZE * (width - 1); shift >= 0; shift -= Byte.SIZE) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  private void put(byte[] more) {
    makeRoom(more.length);
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
  }

  private void makeRoom(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}
