package dev.midifleet.producer.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.producer.Rows;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DuplicatesTest {
  private static final int VALUES = 64;

  private final Rows rows = new Rows();
  private final Random random = new Random(7);

  @BeforeEach
  void no_files() {
    rows.change("truncate library, runs, files, batches, dead_files, facts restart identity cascade");
    rows.change("insert into library (name, location) values ('one', '/1'), ('two', '/2')");
  }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void nothing_is_found_where_nothing_is_alike() {
    fact(1, "a", "a", sketch(), 1);
    fact(2, "b", "b", sketch(), 1);
    file("a.mid", 1, 10);
    file("b.mid", 2, 10);
    for (DuplicateKind kind : DuplicateKind.values()) {
      assertThat(found(kind, 10)).containsExactly(kind + " 0 groups 0 files 0 bytes 0 freeable");
    }
  }

  @Test
  void exact_copies_are_those_of_one_content_and_what_frees_most_comes_first() {
    fact(1, "a", "a", sketch(), 1);
    file("small 1.mid", 1, 10);
    file("big 1.mid", 2, 100);
    file("small 2.mid", 1, 10);
    file("big 2.mid", 2, 100);
    file("alone.mid", 3, 1000);
    file("big 3.mid", 2, 100);
    rows.change("update files set library_id = 2 where path = 'big 2.mid'");
    file("changed.mid", 2, 100);
    rows.change("update files set status = 'new' where path = 'changed.mid'");

    assertThat(found(DuplicateKind.EXACT, 10)).containsExactly("EXACT 2 groups 5 files 320 bytes 210 freeable",
        "1: 3 files 1 contents 300 bytes 200 freeable", "keep one:big 1.mid 100", "two:big 2.mid 100",
        "one:big 3.mid 100", "2: 2 files 1 contents 20 bytes 10 freeable", "keep one:small 1.mid 10",
        "one:small 2.mid 10");
    assertThat(found(DuplicateKind.EXACT, 1)).startsWith("EXACT 2 groups 5 files 320 bytes 210 freeable").hasSize(5);
    assertThat(found(DuplicateKind.EXACT, 0)).hasSize(1);
  }

  @Test
  void names_of_one_file_free_its_bytes_once_and_a_symbolic_link_is_not_kept() {
    file("symbolic.mid", 1, 100);
    file("first.mid", 1, 100);
    file("hard.mid", 1, 100);
    file("other.mid", 1, 100);
    file("elsewhere.mid", 1, 100);
    file("unseen 1.mid", 1, 100);
    file("unseen 2.mid", 1, 100);
    rows.change("update files set inode_key = 7, is_link = path = 'symbolic.mid'");
    rows.change("update files set inode_key = 8 where path = 'other.mid'");
    rows.change("update files set library_id = 2 where path = 'elsewhere.mid'");
    rows.change("update files set inode_key = null where path like 'unseen%'");
    file("only.mid", 2, 1000);
    file("only under two names.mid", 2, 1000);
    rows.change("update files set inode_key = 9 where path like 'only%'");

    assertThat(found(DuplicateKind.EXACT, 10)).containsExactly(
        "EXACT 1 groups 7 files 2 links 500 bytes 400 freeable",
        "1: 7 files 2 links 1 contents 500 bytes 400 freeable", "keep one:first.mid 100", "link one:hard.mid 100",
        "one:other.mid 100", "two:elsewhere.mid 100", "one:unseen 1.mid 100", "one:unseen 2.mid 100",
        "link one:symbolic.mid 100");
  }

  @Test
  void a_kind_leaves_out_what_the_one_before_has_whole() {
    byte[] sketch = sketch();
    fact(1, "notes", "transposed", sketch, 50);
    fact(2, "notes", "transposed", sketch, 90);
    fact(3, "other notes", "transposed", sketch, 70);
    fact(4, "cut", "cut", changed(sketch, 10), 60);
    file("1.mid", 1, 100);
    file("1 again.mid", 1, 100);
    file("2.mid", 2, 40);
    file("3.mid", 3, 30);
    file("4.mid", 4, 20);

    assertThat(found(DuplicateKind.EXACT, 10)).hasSize(4);
    assertThat(found(DuplicateKind.NOTES, 10)).containsExactly("NOTES 1 groups 3 files 240 bytes 200 freeable",
        "1: 3 files 2 contents 240 bytes 200 freeable", "keep one:2.mid 40", "one:1.mid 100", "one:1 again.mid 100");
    assertThat(found(DuplicateKind.TRANSPOSED, 10)).containsExactly(
        "TRANSPOSED 1 groups 4 files 270 bytes 230 freeable",
        "1: 4 files 3 contents 270 bytes 230 freeable", "keep one:2.mid 40", "one:3.mid 30", "one:1.mid 100",
        "one:1 again.mid 100");
    assertThat(found(DuplicateKind.NEAR, 10)).containsExactly("NEAR 1 groups 5 files 290 bytes 250 freeable",
        "1: 5 files 4 contents 290 bytes 250 freeable", "keep one:2.mid 40", "one:3.mid 30 similar 1.0",
        "one:4.mid 20 similar 0.84375", "one:1.mid 100 similar 1.0", "one:1 again.mid 100 similar 1.0");

    rows.change("delete from files where content_hash in (" + uuid(1) + ", " + uuid(3) + ", " + uuid(4) + ")");
    for (DuplicateKind kind : DuplicateKind.values()) {
      assertThat(found(kind, 10)).hasSize(1);
    }
  }

  @Test
  void near_is_what_shares_enough_values_directly_or_in_a_chain() {
    byte[] first = sketch();
    byte[] second = changed(first, 16);
    byte[] third = changed(second, 16);
    fact(1, "a", "a", first, 3);
    fact(2, "b", "b", second, 2);
    fact(3, "c", "c", third, 1);
    fact(4, "d", "d", sketch(), 4);
    for (int content = 1; content <= 4; content++) {
      file(content + ".mid", content, 10);
    }

    List<String> chain = found(DuplicateKind.NEAR, 10);
    assertThat(chain).hasSize(5).contains("keep one:1.mid 10", "one:2.mid 10 similar 0.75");
    assertThat(chain.getLast()).startsWith("one:3.mid 10 similar 0.");
    assertThat(found(DuplicateKind.NEAR, 10, 0.9)).hasSize(1);
  }

  @Test
  void many_sketches_in_long_chains_come_together() {
    int chains = 20;
    int links = 40;
    for (int chain = 0; chain < chains; chain++) {
      byte[] sketch = sketch();
      for (int link = 0; link < links; link++) {
        int content = chain * links + link;
        fact(content, "n" + content, "t" + content, sketch, 1);
        file(content + ".mid", content, 10);
        sketch = changed(sketch, 6);
      }
    }
    List<String> found = found(DuplicateKind.NEAR, Long.MAX_VALUE);
    assertThat(found.getFirst()).isEqualTo("NEAR 20 groups 800 files 8000 bytes 7800 freeable");
    assertThat(found.stream().filter(line -> line.endsWith(": 40 files 40 contents 400 bytes 390 freeable")))
        .hasSize(20);
  }

  @Test
  void a_group_larger_than_a_page_is_told_whole_and_nothing_is_left_behind() {
    rows.change("""
        insert into files (library_id, path, path_key, size_bytes, modified_at, status, content_hash)
        select 1 + i % 2, 'f' || i, gen_random_uuid(), 5, now(), 'done', md5((i % 3)::text)::uuid
        from generate_series(0, 8999) i""");
    List<String> found = found(DuplicateKind.EXACT, 10);
    assertThat(found).hasSize(1 + 3 + 9000).doesNotHaveDuplicates();
    assertThat(found.getFirst()).isEqualTo("EXACT 3 groups 9000 files 45000 bytes 44985 freeable");
    assertThat(rows.number("select count(*) from pg_class where relname like 'dup\\_%'")).isZero();
  }

  private List<String> found(DuplicateKind kind, long groupsMax) { return found(kind, groupsMax, 0.4); }

  private List<String> found(DuplicateKind kind, long groupsMax, double similarityMin) {
    List<String> lines = new ArrayList<>();
    new Duplicates(rows.database(), similarityMin).find(kind, groupsMax, new DuplicateListener() {
      @Override
      public void totals(DuplicateTotals totals) {
        lines.add(totals.kind() + " " + totals.groups() + " groups " + totals.files() + " files "
            + (totals.links() == 0 ? "" : totals.links() + " links ") + totals.bytes()
            + " bytes " + totals.freeableBytes() + " freeable");
      }

      @Override
      public void group(DuplicateGroup group) {
        lines.add(group.rank() + ": " + group.files() + " files "
            + (group.links() == 0 ? "" : group.links() + " links ") + group.contents() + " contents " + group.bytes()
            + " bytes " + group.freeableBytes() + " freeable");
      }

      @Override
      public void file(DuplicateFile file) {
        lines.add((file.isKept() ? "keep " : file.isLink() ? "link " : "") + file.library() + ":" + file.path() + " "
            + file.sizeBytes()
            + (file.similarity() == null ? "" : " similar " + file.similarity()));
      }

      @Override
      public void groupEnd() { assertThat(lines).hasSizeGreaterThan(2); }

      @Override
      public void end() { assertThat(lines).isNotEmpty(); }
    });
    return lines;
  }

  private byte[] sketch() {
    byte[] sketch = new byte[2 * VALUES];
    random.nextBytes(sketch);
    return sketch;
  }

  /** A copy with so many other values. */
  private byte[] changed(byte[] sketch, int values) {
    byte[] copy = sketch.clone();
    int from = random.nextInt(VALUES - values);
    for (int i = from; i < from + values; i++) {
      copy[2 * i] ^= (byte) (1 + random.nextInt(255));
    }
    return copy;
  }

  private void fact(int content, String notes, String transposed, byte[] sketch, int quality) {
    rows.change(
        "insert into facts (content_hash, analyzer_version, note_hash, note_hash_transposed, minhash, quality_score)"
            + " values (" + uuid(content) + ", 1, md5('" + notes + "')::uuid, md5('" + transposed + "')::uuid, '\\x"
            + HexFormat.of().formatHex(sketch) + "', " + quality + ")");
  }

  private void file(String path, int content, int size) {
    rows.change(
        "insert into files (library_id, path, path_key, size_bytes, modified_at, status, content_hash) values (1, '"
            + path + "', gen_random_uuid(), " + size + ", now(), 'done', " + uuid(content) + ")");
  }

  private static String uuid(int content) { return "lpad(to_hex(" + content + "), 32, '0')::uuid"; }
}
