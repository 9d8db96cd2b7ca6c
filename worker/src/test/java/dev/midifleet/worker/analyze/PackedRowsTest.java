package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Settings;
import dev.midifleet.testkit.TestDatabase;
import dev.midifleet.worker.score.ControllerTable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** What the database makes of packed rows is what the JSON of {@code analyze} says, and what older tables said. */
class PackedRowsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TEMPO_MAX = (1 << 24) - 1;
  private static final long MILLIS_MAX = (1L << 48) - 1;
  private static final int CHORDS = ChordType.values().length * Analysis.PITCH_CLASSES;
  private static final String BEFORE = "7";

  private final PackedRows rows = new PackedRows();
  private final TestDatabase.Credentials fresh = TestDatabase.shared().newDatabase();
  private final Random dice = new Random(1);

  private byte[] chords() {
    rows.clear();
    for (int code = 0; code < CHORDS; code++) {
      rows.chord(dice.nextInt(Integer.MAX_VALUE), dice.nextLong(1L << (1 + code % 47)), code);
    }
    rows.chord(0, 0, PackedRows.NO_CHORD);
    rows.chord(Integer.MAX_VALUE, MILLIS_MAX, PackedRows.NO_CHORD);
    return Objects.requireNonNull(rows.bytes());
  }

  private byte[] tempi() {
    rows.clear();
    for (int i = 0; i < 2_000; i++) {
      rows.tempo(dice.nextInt(Integer.MAX_VALUE), dice.nextLong(1L << (1 + i % 55)),
          1 + dice.nextInt(1 << (1 + i % 24)));
    }
    rows.tempo(Integer.MAX_VALUE, 1, TEMPO_MAX);
    for (int tempo = 1; tempo < TEMPO_MAX; tempo *= 2) {
      rows.tempo(0, 0, tempo);
    }
    return Objects.requireNonNull(rows.bytes());
  }

  private byte[] controllers() {
    rows.clear();
    for (int place = 0; place < ControllerTable.SIZE; place++) {
      int min = place == ControllerTable.PITCH_BEND ? -8192 : dice.nextInt(128);
      int max = place == ControllerTable.PITCH_BEND ? 8191 : 127;
      rows.controller(place, 1 + dice.nextInt(1 << (1 + place % 27)), min, max,
          place == 0 ? -1 : dice.nextLong(min * 1_000L, 1 + 1_000L * max));
    }
    return Objects.requireNonNull(rows.bytes());
  }

  private void migrate() {
    try (Database database = Database.open(Settings.of(Map.of("MIDIFLEET_DATABASE_URL", fresh.jdbcUrl(),
        "MIDIFLEET_DATABASE_USER", fresh.user(), "MIDIFLEET_DATABASE_PASSWORD", fresh.password())), "test")) {
      database.migrate();
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(fresh.jdbcUrl(), fresh.user(), fresh.password());
  }

  private String text(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void the_view_shows_what_the_json_says() throws Exception {
    migrate();
    same("midifleet_chords", FactType.CHORDS, chords());
    same("midifleet_tempi", FactType.TEMPI, tempi());
    same("midifleet_controllers", FactType.CONTROLLERS, controllers());
    assertThat(text("select pg_get_viewdef('musical_metadata')")).contains("midifleet_chords(x.chord_progression)",
        "midifleet_tempi(x.tempo_changes)", "midifleet_controllers(x.controller_data)");
  }

  private void same(String function, FactType type, byte[] packed) throws Exception {
    String shown = text("select " + function + "('\\x" + HexFormat.of().formatHex(packed) + "')");
    assertThat(JSON.readTree(shown)).as(function).isEqualTo(JSON.readTree(PackedRows.json(type, packed)));
  }

  /** The rows that the last version before packed lists has made stay as they are. */
  @Test
  void rows_of_before_are_packed() throws Exception {
    Flyway.configure().dataSource(fresh.jdbcUrl(), fresh.user(), fresh.password())
        .locations("classpath:db/migration").target(BEFORE).load().migrate();
    byte[] chords = chords();
    byte[] tempi = tempi();
    byte[] controllers = controllers();
    List<String> lists = List.of(PackedRows.json(FactType.CHORDS, chords), PackedRows.json(FactType.TEMPI, tempi),
        PackedRows.json(FactType.CONTROLLERS, controllers));
    try (Connection connection = connect(); Statement statement = connection.createStatement()) {
      statement.execute("insert into facts (content_hash, analyzer_version) values (gen_random_uuid(), 1)");
      statement.execute("insert into facts (content_hash, analyzer_version, chord_progression, tempo_changes,"
          + " controller_data) values (gen_random_uuid(), 2, '" + String.join("', '", lists) + "')");
    }
    migrate();
    String row = text(
        "select encode(chord_progression, 'hex') || ' ' || midifleet_tempi(tempo_changes)::text || ' ' || encode("
            + "controller_data, 'hex') from facts where analyzer_version = 2");
    String[] parts = row.split(" ", 2);
    assertThat(parts[0]).isEqualTo(HexFormat.of().formatHex(chords));
    assertThat(row).endsWith(HexFormat.of().formatHex(controllers));
    // Of slow tempi two neighbours have one figure in BPM.
    String shown = parts[1].substring(0, parts[1].lastIndexOf(' '));
    assertThat(JSON.readTree(shown)).isEqualTo(JSON.readTree(lists.get(1)));
    assertThat(
        text("select count(*) from facts where num_nonnulls(chord_progression, tempo_changes, controller_data) = 0"))
        .isEqualTo("1");
  }

  @Test
  void nothing_is_no_list() {
    assertThat(rows.clear().bytes()).isNull();
    assertThat(Collections.singleton(PackedRows.json(FactType.CHORDS, new byte[0]))).containsExactly("[]");
  }
}
