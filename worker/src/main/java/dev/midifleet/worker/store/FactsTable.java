package dev.midifleet.worker.store;

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
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The multi-row upsert into {@code facts}: one SQL text whatever the number of rows, planned once, with an array a column
 * that {@code unnest} turns into rows. Arrays and long lists travel as binary, small objects as text that the statement
 * casts to jsonb.
 */
public final class FactsTable {
  private static final List<FactColumn> COLUMNS = FactColumns.all();
  private static final String KNOWN = """
      select content_hash from facts where content_hash = any(?::uuid[]) and analyzer_version >= ?""";

  private final String upsertOlder = upsertSql("<");
  private final String upsertSameOrOlder = upsertSql("<=");

  private final Database database;

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
      statement.setArray(1, connection.createArrayOf("text", contents.stream().map(UUID::toString).toArray()));
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
   * Inserts new contents and replaces older facts.
   *
   * @param again
   *          also replaces facts of the same version
   */
  void upsert(Connection connection, List<Analysis> rows, boolean again) throws SQLException {
    if (rows.isEmpty()) return;
    try (PreparedStatement statement = connection.prepareStatement(again ? upsertSameOrOlder : upsertOlder)) {
      for (int i = 0; i < COLUMNS.size(); i++) {
        statement.setArray(i + 1, array(connection, COLUMNS.get(i), rows));
      }
      statement.executeUpdate();
    }
  }

  /**
   * The same, finding the rows that the database refuses.
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
      case TEXT, JSONB, UUID -> new String[size];
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
      case TEXT, JSONB, UUID -> "text";
      case BITS, SHARES, NUMBERS, CHORDS, TEMPI, CONTROLLERS -> "bytea";
    };
  }

  private static String cast(FactType type) {
    return type == FactType.UUID || type == FactType.JSONB ? "::" + type.sql() : "";
  }

  private static String upsertSql(String versionComparison) {
    String names = COLUMNS.stream().map(FactColumn::name).collect(Collectors.joining(", "));
    String values = COLUMNS.stream().map(column -> "u." + column.name() + cast(column.type()))
        .collect(Collectors.joining(", "));
    String arrays = COLUMNS.stream().map(column -> "?").collect(Collectors.joining(", "));
    String updates = COLUMNS.stream().map(FactColumn::name).filter(name -> !name.equals("content_hash"))
        .map(name -> name + " = excluded." + name).collect(Collectors.joining(", "));
    return "insert into facts (" + names + ") select " + values + " from unnest(" + arrays + ") as u(" + names + ")"
        + " on conflict (content_hash) do update set " + updates + " where facts.analyzer_version " + versionComparison
        + " excluded.analyzer_version";
  }
}
