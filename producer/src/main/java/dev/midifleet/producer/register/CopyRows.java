package dev.midifleet.producer.register;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Rows in the binary form of PostgreSQL's COPY, which needs no escaping:
 *
 * <pre>
 * header     "PGCOPY\n\377\r\n\0", flags int32 = 0, extension int32 = 0
 * each row   fields int16 = 7, then each field as length int32 and value:
 *            library_id int32 | path_key 16 bytes | path UTF-8 | size_bytes int64 | modified_at int64, µs since 2000-01-01
 *            | inode_key int64, NULL for 0 | is_link 1 byte; the length of NULL is -1
 * trailer    int16 = -1
 * </pre>
 */
final class CopyRows {
  private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;
  private static final int NULL = -1;
  private static final short FIELDS = 7;
  private static final int ROW_BYTES_WITHOUT_PATH = Short.BYTES + FIELDS * Integer.BYTES + Integer.BYTES
      + 5 * Long.BYTES + 1;

  private final int library;
  private ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
  private int rows;

  /** Rows of one library, by {@code library.id}. */
  CopyRows(int library) {
    this.library = library;
    clear();
  }

  void add(UUID pathKey, String path, long sizeBytes, long modifiedAtMicros, long inodeKey, boolean isLink) {
    byte[] text = path.getBytes(StandardCharsets.UTF_8);
    reserve(ROW_BYTES_WITHOUT_PATH + text.length + Short.BYTES);
    buffer.putShort(FIELDS);
    buffer.putInt(Integer.BYTES).putInt(library);
    buffer.putInt(2 * Long.BYTES).putLong(pathKey.getMostSignificantBits()).putLong(pathKey.getLeastSignificantBits());
    buffer.putInt(text.length).put(text);
    buffer.putInt(Long.BYTES).putLong(sizeBytes);
    buffer.putInt(Long.BYTES).putLong(modifiedAtMicros - EPOCH_2000_MICROS);
    if (inodeKey == 0) {
      buffer.putInt(NULL);
    } else {
      buffer.putInt(Long.BYTES).putLong(inodeKey);
    }
    buffer.putInt(1).put((byte) (isLink ? 1 : 0));
    rows++;
  }

  int rows() { return rows; }

  /** Bytes so far. */
  int bytes() { return buffer.position(); }

  /** All of it, with the trailer; valid until the next change, and as often as it is asked for. */
  InputStream input() {
    buffer.putShort(buffer.position(), (short) -1);
    return new ByteArrayInputStream(buffer.array(), 0, buffer.position() + Short.BYTES);
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
