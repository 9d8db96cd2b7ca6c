package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows that PostgreSQL would not take: cleaned before, or found, alone, and recorded. */
@Tag("long")
@Timeout(400)
class BadRowsTest {
  private static final int SOUND = 40;

  @TempDir
  Path temp = Path.of("set by JUnit");

  @Test
  void what_cannot_be_stored_is_cleaned_or_found_alone() throws Exception {
    Path library = Files.createDirectory(temp.resolve("midi"));
    try (var fleet = new FleetUnderTest(TestDatabase.shared(), TestBroker.shared(), temp)) {
      Map<String, Consumer<SmfBuilder.Track>> bad = new HashMap<>();
      bad.put("nul.mid", t -> t.name("a\0b").text(0, 5, "la\0la").text(0, 1, "\0"));
      // U+D800 as if it were a character, and half of a character of two.
      bad.put("surrogate.mid", t -> t.meta(0, 3, new byte[]{'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80, 'b'})
          .meta(0, 5, new byte[]{(byte) 0xF0, (byte) 0x9F}));
      bad.put("numbers.mid", t -> t.tempoMicros(0, 0).meta(0, 0x58, new byte[]{0, (byte) 255, 0, 0})
          .meta(0, 0x59, new byte[]{127, 9}).note(0, 61, 1, 0x0FFFFFFFL, 0x0FFFFFFFL));
      bad.put("slow.mid", t -> t.tempoMicros(0, 0xFFFFFF).note(0, 62, 1, 0x0FFFFFFFL, 0x0FFFFFFFL));
      for (var one : bad.entrySet()) {
        Files.write(library.resolve(one.getKey()),
            SmfBuilder.smf().division(1).track(one.getValue().andThen(t -> t.note(0, 60, 64, 0, 96))).bytes());
      }
      for (int i = 0; i < SOUND; i++) {
        Files.write(library.resolve("sound " + i + ".mid"), SmfBuilder.scale(30 + i));
      }
      byte[] refused = SmfBuilder.smf().track(t -> t.name("refuse me").note(0, 60, 64, 0, 96)).bytes();
      Files.write(library.resolve("refused.mid"), refused);
      Files.write(library.resolve("refused copy.mid"), refused);
      fleet.set("MIDIFLEET_BATCH_FILES", "500");
      try (Connection rows = fleet.connect(); var statement = rows.createStatement()) {
        statement.execute("alter table facts add constraint no_such_title check (title is distinct from 'refuse me')");
      }

      fleet.enqueue(library);
      fleet.worker("");
      fleet.balance(Ledger.Expected.of(SOUND + bad.size() + 2, Map.of("refused.mid", FailureKind.REFUSED_BY_DATABASE,
          "refused copy.mid", FailureKind.REFUSED_BY_DATABASE)));

      try (Connection rows = fleet.connect()) {
        assertThat(Rows.number(rows, "select min(files_done) from batches where files_dead > 0"))
            .as("others of the same batch").isGreaterThan(10);
        assertThat(Rows.lines(rows, "select reason from dead_files").getFirst()).contains("no_such_title");
        assertThat(Rows.lines(rows, """
            select path || ': ' || coalesce(title, '-') || ', ' || coalesce(lyrics, '-') || ', ' || duration_seconds
              || ', ' || tempo_bpm from musical_metadata
            where path in ('nul.mid', 'surrogate.mid', 'numbers.mid', 'slow.mid') order by path"""))
            .containsExactly("nul.mid: ab, lala, 48, 120", "numbers.mid: -, -, 268435455, 120",
                "slow.mid: -, -, 9007198684.315649, 3.576279",
                // No UTF-8, so it is read as the code page in which these bytes are letters.
                "surrogate.mid: a\u044d\u0430\u0410b, \u0401\u042f, 48, 120");
      } finally {
        System.out.println(fleet.said());
      }
    }
  }
}
