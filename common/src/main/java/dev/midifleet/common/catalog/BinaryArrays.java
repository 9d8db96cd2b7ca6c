package dev.midifleet.common.catalog;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/**
 * Arrays that travel as binary. What the driver makes of an {@code Object[]}, and of any array of UUIDs, is text, which costs
 * both sides more than the statement it is for.
 *
 * <pre>
 * dimensions int32 = 1 | has nulls int32 = 0 | type of an element int32 | length int32 | lower bound int32 = 1
 * each element: its length int32 and its bytes
 * </pre>
 */
public final class BinaryArrays {
  private static final int HEADER = 5 * Integer.BYTES;
  private static final int UUID_BYTES = 2 * Long.BYTES;

  private BinaryArrays() {}

  /** A {@code uuid[]}. */
  public static Array ofUuids(Connection connection, Collection<UUID> values) throws SQLException {
    var bytes = ByteBuffer.allocate(HEADER + values.size() * (Integer.BYTES + UUID_BYTES));
    bytes.putInt(1).putInt(0).putInt(Oid.UUID).putInt(values.size()).putInt(1);
    for (UUID value : values) {
      bytes.putInt(UUID_BYTES).putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
    }
    return new PgArray(connection.unwrap(BaseConnection.class), Oid.UUID_ARRAY, bytes.array());
  }

  /** A {@code bigint[]}. */
  public static Array ofLongs(Connection connection, Collection<Long> values) throws SQLException {
    long[] plain = values.stream().mapToLong(Long::longValue).toArray();
    return connection.unwrap(PGConnection.class).createArrayOf("int8", plain);
  }
}
