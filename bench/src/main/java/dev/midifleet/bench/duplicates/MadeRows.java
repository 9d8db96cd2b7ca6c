package dev.midifleet.bench.duplicates;

import dev.midifleet.common.catalog.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Rows of a collection as large as wanted, made by SQL from the numbers of files and contents alone, so that they are the
 * same ones each time: 73 % of the files are copies of another, a few contents with thousands of them, and 2 % are links. Of the
 * contents
 *
 * <ul>
 * <li>a tenth has the notes of another, a tenth those of another in another key; a hundredth of these all of the same one
 * <li>a tenth is planted near another: two sketches that agree in some 30, 40, 50, 60 or 80 % of their values
 * <li>2 % each are hubs, of sketches that have whole bands in common with thousands: values out of three only, as scales
 * and other exercises have them; 58 of 64 values the same in all; 9 of 64 the same in all, which is not near
 * <li>5 % have no sketch
 * </ul>
 */
final class MadeRows {
  private static final double SHARE_OF_CONTENTS = 0.27;
  /** A table of the planted pairs stays beside the rows: the contents a and b, and their similarity. */
  static final String PAIRS = "made_pairs";

  private static final String HUBS = """
      update made_contents set sketch = case c % 50
        when 16 then (select string_agg(
            substring(decode(md5('s' || i || get_byte(sketch, i) % 3), 'hex') for 2), '' order by i)
          from generate_series(0, 63) as i)
        when 17 then overlay(sketch placing (select substring(string_agg(decode(md5('t' || i), 'hex'), '') for 116)
          from generate_series(0, 7) as i) from 1)
        else overlay(sketch placing decode(md5('u') || md5('v'), 'hex') from 1 for 18) end
      where c % 50 in (16, 17, 25) and sketch is not null""";
  private static final String NEAR = """
      update made_contents n set sketch = (
        select string_agg(substring(case when get_byte(decode(md5('n' || n.c || ',' || i), 'hex'), 0) < n.share * 256
          then b.sketch else n.sketch end from 2 * i + 1 for 2), '' order by i) from generate_series(0, 63) as i)
      from made_contents b where n.way = 2 and b.c = n.base and b.sketch is not null""";
  private static final String FACTS = """
      insert into facts (content_hash, analyzer_version, note_hash, note_hash_transposed, minhash, quality_score,
        total_notes, tempo_bpm, detected_key, title, pitch_class_histogram)
      select content_hash, 1, md5('notes' || case when way = 0 then base else c end)::uuid,
        md5('key' || case when way < 2 then base else c end)::uuid,
        case when way < 2 then coalesce((select sketch from made_contents b where b.c = made_contents.base), sketch)
          else sketch end,
        c * 7919 % 101, 100 + c % 5000, 60 + c % 120, 'C major', 'Title of the piece ' || c, decode(md5(c::text), 'hex')
      from made_contents""";
  private static final String PLANTED = """
      create unlogged table made_pairs as
      select n.content_hash as a, b.content_hash as b, midifleet_similarity(n.sketch, b.sketch) as similarity,
        b.c % 50 = 25 as is_in_hub
      from made_contents n join made_contents b on b.c = n.base and n.way = 2
      where n.sketch is not null and b.sketch is not null""";

  private final Database database;

  MadeRows(Database database) { this.database = database; }

  /** Fills empty tables. */
  void make(long files) {
    long contents = Math.max(1, Math.round(files * SHARE_OF_CONTENTS));
    database.transaction(connection -> {
      connection.setNetworkTimeout(Runnable::run, 0);
      run(connection, "insert into library (name, location) values ('made', '/made')");
      run(connection, contents(contents));
      run(connection, "create index on made_contents (c)");
      run(connection, "analyze made_contents");
      run(connection, HUBS);
      run(connection, NEAR);
      run(connection, FACTS);
      run(connection, files(contents, files));
      run(connection, PLANTED);
      run(connection, "drop table made_contents");
      return files;
    });
    database.query(connection -> run(connection, "vacuum analyze files, facts"));
  }

  private static String contents(
      long contents) { return """
          create unlogged table made_contents as
          select c, md5('content' || c)::uuid as content_hash, c %% 10 as way,
            case when c %% 10 < 3 then case when c %% 1000 < 3 then 5 else c / 20 * 10 + 5 + c %% 2 * 2 end else c end as base,
            (array[0.3, 0.4, 0.5, 0.6, 0.8])[1 + c / 10 %% 5] as share,
            case when c %% 20 <> 13 then decode(md5('a' || c) || md5('b' || c) || md5('c' || c) || md5('d' || c)
              || md5('e' || c) || md5('f' || c) || md5('g' || c) || md5('h' || c), 'hex') end as sketch
          from generate_series(0::bigint, %d - 1) as c"""
          .formatted(contents); }

  private static String files(long contents, long files) { return """
      insert into files (library_id, path, path_key, size_bytes, modified_at, status, content_hash, analyzed_at,
        inode_key, is_link)
      select (select id from library), 'folder ' || f / 500 || '/a name as long as they are ' || f || '.mid',
        md5('path' || f)::uuid,
        2000 + x.c * 7907 %% 90000, timestamptz '2020-01-01' + f * interval '1 second', 'done', m.content_hash, now(),
        case when f %% 40 = 0 then x.c else f end, false
      from (select f, case when f < %1$d then f else floor(%1$d * power(
          ('x' || substring(md5('copy' || f) for 8))::bit(32)::bigint / 4294967296.0, 3))::bigint end as c
        from generate_series(0::bigint, %2$d - 1) as f) x
      join made_contents m on m.c = x.c""".formatted(contents, files); }

  private static int run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }
}
