package dev.midifleet.producer.register;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * Rows in the binary form of PostgreSQL's COPY, which needs no escaping:
 *
 * <pre>
 * header     "PGCOPY\n\377\r\n\0", flags int32 = 0, extension int32 = 0
 * each row   fields int16 = 4, then each field as length int32 and value:
 *            path_key 16 bytes | path UTF-8 | size_bytes int64 | modified_at int64, µs since 2000-01-01
 * trailer    int16 = -1
 * </pre>
 */
final class CopyRows {
  private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;
  private static final short FIELDS = 4;
  private static final int ROW_BYTES_WITHOUT_PATH = Short.BYTES + FIELDS * Integer.BYTES + 4 * Long.BYTES;

  private ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
  private int rows;

  CopyRows() { clear(); }

  void add(UUID pathKey, String path, long sizeBytes, long modifiedAtMicros) {
    byte[] text = path.getBytes(StandardCharsets.UTF_8);
    reserve(ROW_BYTES_WITHOUT_PATH + text.length + Short.BYTES);
    buffer.putShort(FIELDS);
    buffer.putInt(2 * Long.BYTES).putLong(pathKey.getMostSignificantBits()).putLong(pathKey.getLeastSignificantBits());
    buffer.putInt(text.length).put(text);
    buffer.putInt(Long.BYTES).putLong(sizeBytes);
    buffer.putInt(Long.BYTES).putLong(modifiedAtMicros - EPOCH_2000_MICROS);
    rows++;
  }

  int rows() { return rows; }

  /** Bytes so far. */
  int bytes() { return buffer.position(); }

  /** All of it, with the trailer. */
  byte[] toBytes() {
    byte[] all = Arrays.copyOf(buffer.array(), buffer.position() + Short.BYTES);
    ByteBuffer.wrap(all).putShort(buffer.position(), (short) -1);
    return all;
  }

  void clear() {
    buffer.clear().put(SIGNATURE).putInt(0).putInt(0);
    rows = 0;
  }

  private void reserve(int bytes) {
    if (buffer.remaining() < bytes) {
      buffer = ByteBuffer.allocate(Math.max(2 * buffer.capacity(), buffer.position() + bytes)).put(buffer.flip());
    }
  }
}
