package dev.midifleet.producer.query;

import dev.midifleet.common.catalog.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/**
 * Finds files that are copies of each other, by what the workers have written. PostgreSQL does it, by hashing and sorting in
 * temporary tables, for no column that a worker writes has an index; what is in memory here is a page of rows.
 *
 * <p>Only files that are {@code done} take part: the content of any other may have changed.
 */
public final class Duplicates {
  private static final int PAGE = 1000;
  private static final String[] TABLES = {"dup_contents", "dup_keyed", "dup_groups", "dup_files"};
  /** For each sort and hash table of this session; the usual 4 MB would send millions of rows to the disk. */
  private static final String WORK_MEMORY = "set work_mem = '128MB'";
  private static final String CONTENTS = """
      create temp table dup_contents as
      select content_hash, sum(names)::bigint as files, count(*) as inodes, sum(size_bytes)::bigint as bytes,
        max(size_bytes) as size_bytes
      from (
        select content_hash, count(*) as names, max(size_bytes) as size_bytes from files
        where status = 'done' and content_hash is not null
        group by content_hash, library_id, inode_key, case when inode_key is null then id end) f
      group by content_hash""";
  private static final String TOTALS = """
      select count(*), coalesce(sum(files), 0)::bigint, coalesce(sum(files - inodes), 0)::bigint,
        coalesce(sum(bytes), 0)::bigint, coalesce(sum(freeable_bytes), 0)::bigint from dup_groups""";
  private static final String FILES = """
      create temp table dup_files as
      select rank, place, id,
        is_link or inode_key is not null
          and row_number() over (partition by rank, library_id, inode_key order by place) > 1 as is_link
      from (
        select g.rank, f.id, f.library_id, f.inode_key, coalesce(f.is_link, false) as is_link,
          row_number() over (partition by g.rank order by f.content_hash <> g.kept, k.quality_score desc nulls last,
            f.size_bytes desc, f.content_hash, coalesce(f.is_link, false), f.id) as place
        from dup_groups g join dup_keyed k using (key) join files f using (content_hash)
        where g.rank <= ? and f.status = 'done') f""";
  /** The groups' rank is bounded too, or each page would walk them from the first on. */
  private static final String PAGE_OF_FILES = """
      select d.rank, d.place, g.files, g.contents, g.bytes, g.freeable_bytes, g.files - g.inodes, d.is_link, l.name,
        f.path, f.size_bytes, f.content_hash,
        case when ? and f.content_hash <> g.kept then midifleet_similarity(x.minhash, y.minhash) end
      from dup_files d join dup_groups g using (rank) join files f using (id) join library l on l.id = f.library_id
        left join facts x on x.content_hash = f.content_hash left join facts y on y.content_hash = g.kept
      where (d.rank, d.place) > (?, ?) and g.rank >= ? order by d.rank, d.place limit ?""";

  private final Database database;
  private final double similarityMin;

  /**
   * @param similarityMin
   *          from which share of equal values on two sketches are near, above 0 to 1; below 0.3 few are found
   */
  public Duplicates(Database database, double similarityMin) {
    this.database = database;
    this.similarityMin = similarityMin;
  }

  /**
   * Tells the listener the totals of a kind, and its first groups with all their files.
   *
   * @param groupsMax
   *          groups told, at most
   */
  public void find(DuplicateKind kind, long groupsMax, DuplicateListener listener) {
    database.query(connection -> {
      try {
        // Each statement may take longer than what usually shows that a server is gone.
        connection.setNetworkTimeout(Runnable::run, 0);
        drop(connection);
        collect(connection, kind, groupsMax);
        listener.totals(totals(connection, kind));
        tell(connection, kind, listener);
        listener.end();
        return kind;
      } finally {
        if (!connection.isClosed()) {
          drop(connection);
          run(connection, "reset work_mem");
        }
      }
    });
  }

  private void collect(Connection connection, DuplicateKind kind, long groupsMax) throws SQLException {
    run(connection, WORK_MEMORY);
    run(connection, CONTENTS);
    // Nobody else counts temporary tables, and without counts the plans are for some two hundred rows.
    run(connection, "analyze dup_contents");
    switch (kind) {
      case EXACT -> run(connection, """
          create temp table dup_keyed as
          select *, content_hash as key, null::smallint as quality_score from dup_contents where inodes > 1""");
      case NOTES -> key(connection, "x.note_hash", "");
      case TRANSPOSED -> key(connection, "x.note_hash_transposed", "");
      case NEAR -> {
        new NearSketches(connection, similarityMin).label();
        key(connection, "n.label", "join dup_sketches s using (minhash) join dup_labels n on n.id = s.id");
      }
    }
    run(connection, "analyze dup_keyed");
    run(connection, groups(kind));
    run(connection, "create unique index on dup_groups (rank)");
    run(connection, "analyze dup_groups");
    try (PreparedStatement statement = connection.prepareStatement(FILES)) {
      statement.setLong(1, groupsMax);
      statement.executeUpdate();
    }
    run(connection, "create unique index on dup_files (rank, place)");
    run(connection, "analyze dup_files");
  }

  private static void key(Connection connection, String key, String join) throws SQLException { run(connection, """
      create temp table dup_keyed as
      select c.*, %1$s as key, x.quality_score, x.note_hash, x.note_hash_transposed
      from dup_contents c join facts x using (content_hash) %2$s where %1$s is not null""".formatted(key, join)); }

  private static String groups(DuplicateKind kind) {
    String having = switch (kind) {
      case EXACT -> "true";
      case NOTES -> "count(*) > 1";
      case TRANSPOSED -> "count(distinct note_hash) > 1";
      case NEAR -> "count(distinct note_hash_transposed) > 1";
    };
    return """
        create temp table dup_groups as
        select row_number() over (order by bytes - sizes[1] desc, files desc, key) as rank, key, files, inodes, contents,
          bytes, bytes - sizes[1] as freeable_bytes, hashes[1] as kept
        from (
          select key, sum(files)::bigint as files, sum(inodes)::bigint as inodes, count(*) as contents,
            sum(bytes)::bigint as bytes,
            array_agg(size_bytes order by quality_score desc nulls last, size_bytes desc, content_hash) as sizes,
            array_agg(content_hash order by quality_score desc nulls last, size_bytes desc, content_hash) as hashes
          from dup_keyed group by key having %s) g"""
        .formatted(having);
  }

  private static DuplicateTotals totals(Connection connection, DuplicateKind kind) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(TOTALS)) {
      row.next();
      return new DuplicateTotals(kind, row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4),
          row.getLong(5));
    }
  }

  private static void tell(Connection connection, DuplicateKind kind, DuplicateListener listener) throws SQLException {
    long rank = 0;
    long place = 0;
    int told;
    do {
      told = 0;
      try (PreparedStatement statement = connection.prepareStatement(PAGE_OF_FILES)) {
        statement.setBoolean(1, kind == DuplicateKind.NEAR);
        statement.setLong(2, rank);
        statement.setLong(3, place);
        statement.setLong(4, rank);
        statement.setInt(5, PAGE);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            if (rows.getLong(1) != rank) {
              if (rank > 0) {
                listener.groupEnd();
              }
              listener.group(new DuplicateGroup(kind, rows.getLong(1), rows.getLong(3), rows.getLong(7),
                  rows.getLong(4), rows.getLong(5), rows.getLong(6)));
            }
            rank = rows.getLong(1);
            place = rows.getLong(2);
            listener.file(new DuplicateFile(rows.getString(9), rows.getString(10), rows.getLong(11),
                rows.getObject(12, UUID.class), place == 1, rows.getBoolean(8), rows.getObject(13, Double.class)));
            told++;
          }
        }
      }
    } while (told == PAGE);
    if (rank > 0) {
      listener.groupEnd();
    }
  }

  private static void drop(Connection connection) throws SQLException {
    for (String table : TABLES) {
      run(connection, "drop table if exists " + table);
    }
    NearSketches.drop(connection);
  }

  static int run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }
}
