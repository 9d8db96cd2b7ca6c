package dev.midifleet.worker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** The view shows of older rows, and of those that an older worker goes on to write, what it showed while facts were jsonb. */
class PlainJsonTest {
  private static final String BEFORE = "8";
  private static final String SHOWN = """
      select file_id || ' ' || coalesce(key_changes::text, '-') || ' ' || coalesce(time_signature_changes::text, '-') || ' '
        || coalesce(chord_types::text, '-') || ' ' || coalesce(articulation_data::text, '-') || ' '
        || coalesce(structure_data::text, '-') || ' ' || coalesce(track_names::text, '-')
      from musical_metadata order by file_id""";
  private static final String TYPES = """
      select column_name || ' ' || data_type from information_schema.columns where table_name = 'musical_metadata'
      order by ordinal_position""";

  private final TestDatabase.Credentials fresh = TestDatabase.shared().newDatabase();

  @Test
  void what_the_view_shows_stays() throws SQLException {
    migrateTo(BEFORE);
    run("insert into library (name, location) values ('made', '/nowhere')");
    olderWorkerWrites(1);
    List<String> types = lines(TYPES);
    List<String> shown = lines(SHOWN);
    assertThat(shown.getFirst()).contains("{\"maj\": 0.25, \"min7\": 0.75}", "[\"Übung \\\"1\\\"\", \"a\\tb\", \"日本\"]")
        .contains("{\"bars\": 3, \"sections\": null}");
    assertThat(shown.getLast()).isEqualTo("2 - - - - - -");

    migrateTo("latest");
    assertThat(lines(SHOWN)).isEqualTo(shown);
    assertThat(lines(TYPES)).isEqualTo(types);

    olderWorkerWrites(3);
    assertThat(lines(SHOWN).subList(2, 4)).extracting(line -> line.substring(1))
        .isEqualTo(shown.stream().map(line -> line.substring(1)).toList());
  }

  @Test
  void whoever_could_read_the_view_can_read_it_still() throws SQLException {
    migrateTo(BEFORE);
    run("grant select on musical_metadata to public");
    migrateTo("latest");
    assertThat(lines("""
        select grantee || ' ' || privilege_type from information_schema.role_table_grants
        where table_name = 'musical_metadata' and grantee <> current_user""")).containsExactly("PUBLIC SELECT");
  }

  /** One row with all of it and one with nothing, in the words of the last version before. */
  private void olderWorkerWrites(int firstFile) throws SQLException {
    String hashes = "array[md5('" + firstFile + "'), md5('nothing " + firstFile + "')]::uuid[]";
    run("""
        insert into facts (content_hash, analyzer_version, key_changes, time_signature_changes, chord_types,
          articulation_data, structure_data, track_names)
        select u.hash, 1, u.keys::jsonb, u.meters::jsonb, u.types::jsonb, u.articulation::jsonb, u.structure::jsonb,
          u.names::jsonb from unnest(%s, array['[{"tick":0,"second":0.5,"key":"C major"}]', null],
          array['[{"tick":0,"second":0,"numerator":4,"denominator":4}]', null], array['{"maj":0.25,"min7":0.75}', null],
          array['{"legato_share":0.1}', null], array['{"sections":null,"bars":3}', null],
          array['["Übung \\"1\\"","a\\u0009b","日本"]', null])
          as u(hash, keys, meters, types, articulation, structure, names)""".formatted(hashes));
    run("""
        insert into files (library_id, path, path_key, size_bytes, modified_at, status, content_hash)
        select 1, h::text, h, 1, now(), 'done', h from unnest(%s) with ordinality as u(h, n) order by n"""
        .formatted(hashes));
  }

  private void migrateTo(String version) {
    Flyway.configure().dataSource(fresh.jdbcUrl(), fresh.user(), fresh.password()).locations("classpath:db/migration")
        .target(version).load().migrate();
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = connect(); Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> lines(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> lines = new ArrayList<>();
      while (rows.next()) {
        lines.add(rows.getString(1));
      }
      return lines;
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(fresh.jdbcUrl(), fresh.user(), fresh.password());
  }
}
