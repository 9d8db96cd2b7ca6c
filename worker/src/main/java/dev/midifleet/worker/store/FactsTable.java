package dev.midifleet.worker.store;

import dev.midifleet.common.catalog.BinaryArrays;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.FactColumn;
import dev.midifleet.worker.analyze.FactColumns;
import dev.midifleet.worker.analyze.FactType;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes {@code facts} by a fixed number of statements, whatever the number of rows. New contents go by
 * {@code COPY ... (format binary)}, which costs PostgreSQL two thirds of any INSERT; what is there already goes by an upsert
 * with an array a column that {@code unnest} turns into rows.
 */
public final class FactsTable {
  private static final List<FactColumn> COLUMNS = FactColumns.all();
  private static final String NAMES = COLUMNS.stream().map(FactColumn::name).collect(Collectors.joining(", "));
  private static final String KNOWN = """
      select content_hash from facts where content_hash = any(?) and analyzer_version >= ?""";
  private static final int ANY_VERSION = 0;
  private static final String COPY = "copy facts (" + NAMES + ") from stdin (format binary)";
  private static final String UPSERT_OLDER = upsertSql("<");
  private static final String UPSERT_SAME_OR_OLDER = upsertSql("<=");
  /** What a writer may keep when it is given back: more than a batch of usual rows takes. */
  private static final int KEPT_BYTES_MAX = 4 << 20;

  private final Database database;
  /** As many as batches were stored at one time. */
  private final Queue<FactRows> writers = new ConcurrentLinkedQueue<>();

  public FactsTable(Database database) { this.database = database; }

  /**
   * Which of these contents have facts of this version or a newer one.
   *
   * @param stop
   *          asked between tries while the database is away
   */
  public Set<UUID> known(List<UUID> contents, int analyzerVersion, BooleanSupplier stop) {
    return database.transactionWhenReachable(stop, connection -> known(connection, contents, analyzerVersion));
  }

  private static Set<UUID> known(Connection connection, List<UUID> contents, int analyzerVersion) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(KNOWN)) {
      statement.setArray(1, BinaryArrays.ofUuids(connection, contents));
      statement.setInt(2, analyzerVersion);
      try (ResultSet rows = statement.executeQuery()) {
        Set<UUID> known = new HashSet<>();
        while (rows.next()) {
          known.add(rows.getObject(1, UUID.class));
        }
        return known;
      }
    }
  }

  /**
   * Inserts new contents and replaces older facts. Fails with a unique violation where somebody else inserts one of the
   * contents at the same time: then {@link #upsert} is the way. The rows are looked up once more, so that the time in which
   * that can happen is that of one transaction, and not that of an analysis.
   *
   * @param again
   *          also replaces facts of the same version
   */
  void write(Connection connection, List<Analysis> rows, boolean again) throws SQLException {
    if (rows.isEmpty()) return;
    List<UUID> contents = rows.stream().map(row -> Objects.requireNonNull(row.contentHash())).toList();
    Set<UUID> there = known(connection, contents, ANY_VERSION);
    if (there.isEmpty()) {
      copy(connection, rows);
    } else {
      // In this order in every worker, or two could wait for each other.
      upsert(connection, rows.stream().filter(row -> there.contains(row.contentHash())).toList(), again);
      copy(connection, rows.stream().filter(row -> !there.contains(row.contentHash())).toList());
    }
  }

  private void copy(Connection connection, List<Analysis> rows) throws SQLException {
    if (rows.isEmpty()) return;
    FactRows writer = writers.poll();
    if (writer == null) {
      writer = new FactRows();
    }
    writer.encode(rows);
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
    try {
      copy.writeToCopy(writer.array(), 0, writer.size());
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
    if (writer.array().length <= KEPT_BYTES_MAX) {
      writers.add(writer);
    }
  }

  /**
   * The same by one statement that may meet any content.
   *
   * @param again
   *          also replaces facts of the same version
   */
  void upsert(Connection connection, List<Analysis> rows, boolean again) throws SQLException {
    if (rows.isEmpty()) return;
    try (PreparedStatement statement = connection.prepareStatement(again ? UPSERT_SAME_OR_OLDER : UPSERT_OLDER)) {
      for (int i = 0; i < COLUMNS.size(); i++) {
        statement.setArray(i + 1, array(connection, COLUMNS.get(i), rows));
      }
      statement.executeUpdate();
    }
  }

  /**
   * Upserts, and finds the rows that the database refuses.
   *
   * @return content and reason of each refused row
   */
  Map<UUID, String> upsertHalving(Connection connection, List<Analysis> rows, boolean again) throws SQLException {
    Map<UUID, String> refused = new HashMap<>();
    halve(connection, rows, again, refused);
    return refused;
  }

  private void halve(Connection connection, List<Analysis> rows, boolean again, Map<UUID, String> refused)
      throws SQLException {
    if (rows.isEmpty()) return;
    Savepoint savepoint = connection.setSavepoint();
    try {
      upsert(connection, rows, again);
      connection.releaseSavepoint(savepoint);
    } catch (SQLException e) {
      if (!DatabaseException.isRefusal(e.getSQLState())) throw e;
      connection.rollback(savepoint);
      if (rows.size() == 1) {
        refused.put(Objects.requireNonNull(rows.getFirst().contentHash()), String.valueOf(e.getMessage()));
        return;
      }
      int middle = rows.size() / 2;
      halve(connection, rows.subList(0, middle), again, refused);
      halve(connection, rows.subList(middle, rows.size()), again, refused);
    }
  }

  private static Array array(Connection connection, FactColumn column, List<Analysis> rows) throws SQLException {
    @Nullable
    Object[] values = newArray(column.type(), rows.size());
    for (int i = 0; i < values.length; i++) {
      Object value = column.boxed(rows.get(i));
      values[i] = column.type() == FactType.UUID && value != null ? value.toString() : value;
    }
    return connection.createArrayOf(element(column.type()), values);
  }

  /** The driver sends arrays of these classes as binary. */
  private static @Nullable Object[] newArray(FactType type, int size) {
    return switch (type) {
      case REAL -> new Float[size];
      case DOUBLE -> new Double[size];
      case SMALLINT, WORD -> new Short[size];
      case INTEGER -> new Integer[size];
      case BIGINT -> new Long[size];
      case BOOLEAN -> new Boolean[size];
      case TEXT, JSON, UUID -> new String[size];
      case BITS, SHARES, NUMBERS, CHORDS, TEMPI, CONTROLLERS -> new byte[size][];
    };
  }

  /** As what an array's elements travel; the statement casts what is not itself yet. */
  private static String element(FactType type) {
    return switch (type) {
      case REAL -> "float4";
      case DOUBLE -> "float8";
      case SMALLINT, WORD -> "int2";
      case INTEGER -> "int4";
      case BIGINT -> "int8";
      case BOOLEAN -> "bool";
      case TEXT, JSON, UUID -> "text";
      case BITS, SHARES, NUMBERS, CHORDS, TEMPI, CONTROLLERS -> "bytea";
    };
  }

  private static String cast(FactType type) {
    return type == FactType.UUID || type == FactType.JSON ? "::" + type.sql() : "";
  }

  private static String upsertSql(String versionComparison) {
    String values = COLUMNS.stream().map(column -> "u." + column.name() + cast(column.type()))
        .collect(Collectors.joining(", "));
    String arrays = COLUMNS.stream().map(column -> "?").collect(Collectors.joining(", "));
    String updates = COLUMNS.stream().map(FactColumn::name).filter(name -> !name.equals("content_hash"))
        .map(name -> name + " = excluded." + name).collect(Collectors.joining(", "));
    return "insert into facts (" + NAMES + ") select " + values + " from unnest(" + arrays + ") as u(" + NAMES + ")"
        + " on conflict (content_hash) do update set " + updates + " where facts.analyzer_version " + versionComparison
        + " excluded.analyzer_version";
  }
}
