package dev.midifleet.bench.store;

import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.FactColumn;
import dev.midifleet.worker.analyze.FactColumns;
import dev.midifleet.worker.analyze.FactType;
import dev.midifleet.worker.store.FactRows;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Writes rows of facts in one of the {@link InsertForm forms}, also to tables whose jsonb columns are of another type. */
final class FactsWriter {
  private static final List<FactColumn> COLUMNS = FactColumns.all();
  private static final String NAMES = COLUMNS.stream().map(FactColumn::name).collect(Collectors.joining(", "));
  private static final int ROWS_A_STATEMENT = 100;
  /** Of COPY's format: what stands before the first row. */
  private static final int SIGNATURE = 19;

  private final Connection connection;
  private final InsertForm form;
  private final String jsonType;
  private final FactRows copyRows = new FactRows();

  /**
   * @param jsonType
   *          what the columns are that hold JSON: jsonb, json, text or bytea
   */
  FactsWriter(Connection connection, InsertForm form, String jsonType) throws SQLException {
    this.connection = connection;
    this.form = form;
    this.jsonType = jsonType;
    if (form == InsertForm.COPY_MERGE) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("create temporary table incoming (like facts) on commit delete rows");
      }
    }
  }

  /** Of the columns, in the product's order. */
  static List<String> names() {
    return COLUMNS.stream().map(FactColumn::name).toList();
  }

  /** Inserts, and replaces what is there; {@link InsertForm#COPY} only inserts. */
  void write(List<Analysis> rows) throws SQLException {
    switch (form) {
      case UNNEST -> unnest(rows);
      case VALUES -> {
        for (int from = 0; from < rows.size(); from += ROWS_A_STATEMENT) {
          values(rows.subList(from, Math.min(rows.size(), from + ROWS_A_STATEMENT)));
        }
      }
      case SINGLE -> single(rows);
      case COPY_MERGE -> {
        copy(rows, "incoming");
        try (PreparedStatement statement = connection.prepareStatement(
            "insert into facts (" + NAMES + ") select " + NAMES + " from incoming" + onConflict())) {
          statement.executeUpdate();
        }
      }
      case COPY -> copy(rows, "facts");
    }
  }

  private void unnest(List<Analysis> rows) throws SQLException {
    String values = COLUMNS.stream().map(column -> "u." + column.name() + cast(column))
        .collect(Collectors.joining(", "));
    String sql = "insert into facts (" + NAMES + ") select " + values + " from unnest("
        + String.join(", ", Collections.nCopies(COLUMNS.size(), "?")) + ") as u(" + NAMES + ")" + onConflict();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < COLUMNS.size(); i++) {
        FactColumn column = COLUMNS.get(i);
        @Nullable
        Object[] array = newArray(column, rows.size());
        for (int row = 0; row < array.length; row++) {
          Object value = value(column, rows.get(row));
          array[row] = column.type() == FactType.UUID && value != null ? value.toString() : value;
        }
        statement.setArray(i + 1, connection.createArrayOf(element(column), array));
      }
      statement.executeUpdate();
    }
  }

  private void values(List<Analysis> rows) throws SQLException {
    String row = COLUMNS.stream().map(column -> "?::" + type(column)).collect(Collectors.joining(", ", "(", ")"));
    String sql = "insert into facts (" + NAMES + ") values " + String.join(", ", Collections.nCopies(rows.size(), row))
        + onConflict();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int next = 1;
      for (Analysis analysis : rows) {
        next = set(statement, next, analysis);
      }
      statement.executeUpdate();
    }
  }

  private void single(List<Analysis> rows) throws SQLException {
    String row = COLUMNS.stream().map(column -> "?::" + type(column)).collect(Collectors.joining(", "));
    try (PreparedStatement statement = connection.prepareStatement(
        "insert into facts (" + NAMES + ") values (" + row + ")" + onConflict())) {
      for (Analysis analysis : rows) {
        set(statement, 1, analysis);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private int set(PreparedStatement statement, int first, Analysis analysis) throws SQLException {
    int next = first;
    for (FactColumn column : COLUMNS) {
      Object value = value(column, analysis);
      if (value == null) {
        statement.setNull(next, sqlType(column));
      } else if (value instanceof byte[] packed) {
        statement.setBytes(next, packed);
      } else {
        statement.setObject(next, value);
      }
      next++;
    }
    return next;
  }

  private void copy(List<Analysis> rows, String table) throws SQLException {
    copyRows.encode(rows);
    byte[] bytes = copyRows.array();
    int size = copyRows.size();
    if (jsonType.equals("jsonb")) {
      ByteBuffer versioned = withVersions(ByteBuffer.wrap(bytes, 0, size), rows.size());
      bytes = versioned.array();
      size = versioned.position();
    }
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI()
        .copyIn("copy " + table + " (" + NAMES + ") from stdin (format binary)");
    copy.writeToCopy(bytes, 0, size);
    copy.endCopy();
  }

  /** The same rows with JSON as jsonb: its text has the byte of a version before it. */
  private static ByteBuffer withVersions(ByteBuffer rows, int count) {
    var versioned = ByteBuffer.allocate(rows.remaining() + count * COLUMNS.size());
    versioned.put(rows.slice(0, SIGNATURE));
    rows.position(SIGNATURE);
    while (true) {
      short fields = rows.getShort();
      versioned.putShort(fields);
      if (fields < 0) return versioned;
      for (FactColumn column : COLUMNS) {
        int length = rows.getInt();
        if (column.type() == FactType.JSON && length >= 0) {
          versioned.putInt(length + 1).put((byte) 1);
        } else {
          versioned.putInt(length);
        }
        for (int i = 0; i < length; i++) {
          versioned.put(rows.get());
        }
      }
    }
  }

  private @Nullable Object value(FactColumn column, Analysis analysis) {
    Object value = column.boxed(analysis);
    boolean isBytes = column.type() == FactType.JSON && jsonType.equals("bytea");
    return isBytes && value instanceof String json ? json.getBytes(StandardCharsets.UTF_8) : value;
  }

  private String type(FactColumn column) { return column.type() == FactType.JSON ? jsonType : column.sqlType(); }

  private String cast(FactColumn column) {
    return column.type() == FactType.UUID || type(column).startsWith("json") ? "::" + type(column) : "";
  }

  private @Nullable Object[] newArray(FactColumn column, int size) {
    return switch (type(column)) {
      case "real" -> new Float[size];
      case "double precision" -> new Double[size];
      case "smallint" -> new Short[size];
      case "integer" -> new Integer[size];
      case "bigint" -> new Long[size];
      case "boolean" -> new Boolean[size];
      case "bytea" -> new byte[size][];
      default -> new String[size];
    };
  }

  private String element(FactColumn column) {
    return switch (type(column)) {
      case "real" -> "float4";
      case "double precision" -> "float8";
      case "smallint" -> "int2";
      case "integer" -> "int4";
      case "bigint" -> "int8";
      case "boolean" -> "bool";
      case "bytea" -> "bytea";
      default -> "text";
    };
  }

  private int sqlType(FactColumn column) {
    return switch (type(column)) {
      case "real" -> Types.REAL;
      case "double precision" -> Types.DOUBLE;
      case "smallint" -> Types.SMALLINT;
      case "integer" -> Types.INTEGER;
      case "bigint" -> Types.BIGINT;
      case "boolean" -> Types.BOOLEAN;
      case "bytea" -> Types.BINARY;
      case "uuid" -> Types.OTHER;
      default -> Types.VARCHAR;
    };
  }

  private static String onConflict() {
    String updates = COLUMNS.stream().map(FactColumn::name).filter(name -> !name.equals("content_hash"))
        .map(name -> name + " = excluded." + name).collect(Collectors.joining(", "));
    return " on conflict (content_hash) do update set " + updates
        + " where facts.analyzer_version <= excluded.analyzer_version";
  }
}
