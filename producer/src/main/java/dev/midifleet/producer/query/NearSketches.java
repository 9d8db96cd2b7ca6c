package dev.midifleet.producer.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Which sketches ({@code facts.minhash}) are near each other, directly or by way of others: leaves {@code dup_sketches}, the
 * different ones with a number each, and {@code dup_labels}, with a number for all that belong together.
 *
 * <p>By locality-sensitive hashing: the 64 values make 21 bands of 3, and only sketches that agree in a whole band are
 * compared: of two that agree in a share s of their values 1 - (1 - s³)^21 of pairs do, 75 % at 0.4 and 94 % at 0.5. Of those
 * that share a band each is compared with the first and with the one before it, so that the work grows with the number of
 * sketches even where thousands share one; with 21 bands and groups that hang together, little is lost by that.
 */
final class NearSketches {
  private static final int VALUES_A_BAND = 3;
  private static final int BANDS = 64 / VALUES_A_BAND;
  private static final int BYTES_A_BAND = 2 * VALUES_A_BAND;
  private static final String[] TABLES = {"dup_sketches", "dup_pairs", "dup_links", "dup_labels"};
  private static final String SKETCHES = """
      create temp table dup_sketches as
      select row_number() over (order by minhash) as id, minhash
      from (select distinct x.minhash from dup_contents join facts x using (content_hash) where x.minhash is not null) s""";
  private static final String LINKS = """
      create temp table dup_links as
      select p.a, p.b from (select distinct a, b from dup_pairs) p
        join dup_sketches s on s.id = p.a join dup_sketches t on t.id = p.b
      where midifleet_similarity(s.minhash, t.minhash) >= ?""";
  /** The least number among the neighbours. */
  private static final String SPREAD = """
      update dup_labels l set label = m.label
      from (select n.id, min(o.label) as label
          from (select a as id, b as other from dup_links union all select b, a from dup_links) n
          join dup_labels o on o.id = n.other group by n.id) m
      where m.id = l.id and m.label < l.label""";
  /** The number of the one whose number it is, so that long chains take few rounds. */
  private static final String JUMP = """
      update dup_labels l set label = o.label from dup_labels o where o.id = l.label and o.label < l.label""";

  private final Connection connection;
  private final double similarityMin;

  NearSketches(Connection connection, double similarityMin) {
    this.connection = connection;
    this.similarityMin = similarityMin;
  }

  void label() throws SQLException {
    run(SKETCHES);
    run("create temp table dup_pairs (a bigint, b bigint)");
    for (int band = 0; band < BANDS; band++) {
      run("""
          insert into dup_pairs
          select distinct other, id from (
            select id, first_value(id) over w as first, lag(id) over w as before
            from dup_sketches window w as (partition by substring(minhash from %d for %d) order by id)) s
            cross join lateral (values (first), (before)) as o (other) where other < id"""
          .formatted(band * BYTES_A_BAND + 1, BYTES_A_BAND));
    }
    run("analyze dup_sketches");
    run("analyze dup_pairs");
    try (PreparedStatement statement = connection.prepareStatement(LINKS)) {
      statement.setDouble(1, similarityMin);
      statement.executeUpdate();
    }
    run("""
        create temp table dup_labels as
        select id, id as label from (select a as id from dup_links union select b from dup_links) n""");
    run("analyze dup_links");
    run("analyze dup_labels");
    while (run(SPREAD) > 0) {
      run(JUMP);
    }
  }

  static void drop(Connection connection) throws SQLException {
    for (String table : TABLES) {
      Duplicates.run(connection, "drop table if exists " + table);
    }
  }

  private int run(String sql) throws SQLException { return Duplicates.run(connection, sql); }
}
