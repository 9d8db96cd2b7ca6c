package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.testkit.SmfBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code duplicates} on what {@code run} has made of files on the disk. */
class DuplicatesCommandTest {
  @TempDir
  Path temp;

  @Test
  @Tag("long")
  void copies_of_each_kind_are_found_in_a_folder() throws Exception {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path midi = Files.createDirectory(temp.resolve("midi"));
    Path data = temp.resolve("data");
    Files.write(midi.resolve("song.mid"), song(0, 0, 120));
    Files.write(midi.resolve("song\n copy.mid"), song(0, 0, 120));
    Files.write(midi.resolve("slow.mid"), song(0, 0, 60));
    Files.write(midi.resolve("high.mid"), song(0, 3, 120));
    Files.write(midi.resolve("cut.mid"), song(20, 0, 120));
    Files.write(midi.resolve("other.mid"), SmfBuilder.scale());
    var run = midifleet("run", midi.toString(), "--data", data.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("  midifleet status --data ", "  midifleet duplicates --data ", "in SQL too");

    Files.createSymbolicLink(midi.resolve("another name.mid"), Path.of("song.mid"));
    Files.createLink(midi.resolve("third name.mid"), midi.resolve("slow.mid"));
    run = midifleet("run", midi.toString(), "--data", data.toString());
    assertThat(run.code()).as(run.err()).isZero();
    var links = midifleet("duplicates", "--data", data.toString());
    assertThat(links.out()).contains("exact: 1 group of 3 files (1 of them links), ",
        "     1.  3 files (1 of them links) of 1 content, ", "link ", "another name.mid").doesNotContain("third name");
    assertThat(midifleet("duplicates", "--json", "--data", data.toString()).out())
        .contains("another name.mid\",", "\"link\":true");
    Files.delete(midi.resolve("another name.mid"));
    Files.delete(midi.resolve("third name.mid"));
    midifleet("run", midi.toString(), "--data", data.toString(), "--all");

    assertThat(paths(data, "exact")).containsExactlyInAnyOrder("song.mid", "song\n copy.mid");
    assertThat(paths(data, "notes")).containsExactlyInAnyOrder("song.mid", "song\n copy.mid", "slow.mid");
    assertThat(paths(data, "transposed")).containsExactlyInAnyOrder("song.mid", "song\n copy.mid", "slow.mid",
        "high.mid");
    assertThat(paths(data, "near")).containsExactlyInAnyOrder("song.mid", "song\n copy.mid", "slow.mid", "high.mid",
        "cut.mid");

    var table = midifleet("duplicates", "--data", data.toString());
    assertThat(table.out())
        .contains("exact: 1 group of 2 files, ", "     1.  2 files of 1 content, ", "keep", "song? copy.mid")
        .doesNotContain("other.mid");
    assertThat(table.out()).contains("could be freed").doesNotContain("look and listen");
    for (String kind : List.of("transposed", "near")) {
      assertThat(midifleet("duplicates", "--kind", kind, "--data", data.toString()).out())
          .contains("differ in their notes: look and listen before", " beside those to keep").doesNotContain("freed");
    }
    assertThat(midifleet("duplicates", "--kind", "all", "--limit", "0", "--data", data.toString()).out())
        .contains("exact: 1 group", "notes: 1 group", "transposed: 1 group", "near: 1 group",
            "the first 0 (see --limit)")
        .doesNotContain("keep  ");
  }

  @Test
  void what_makes_no_sense_is_said_before_anything_is_asked() throws Exception {
    var similar = midifleet("duplicates", "--min-similarity", "1.5");
    assertThat(similar.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(similar.err()).contains("--min-similarity is 1.5: it must be from 0.1 to 1");
    assertThat(midifleet("duplicates", "--limit", "-1").err()).contains("--limit is -1");
    var odd = midifleet("duplicates", "--kind", "odd");
    assertThat(odd.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(odd.err()).contains("'--kind': expected one of [exact, notes, transposed, near, all] but was 'odd'");
    var pointless = midifleet("duplicates", "--kind", "notes", "--min-similarity", "0.5");
    assertThat(pointless.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(pointless.err()).contains("--min-similarity says nothing of --kind notes: it goes with --kind near");
    assertThat(midifleet("duplicates", "--kind", "near", "--min-similarity", "0.5").code())
        .isEqualTo(ExitCode.UNAVAILABLE.code());
    assertThat(midifleet("duplicates", "--help").out()).contains("exact", "must compare bytes first", "--kind=KIND",
        "similarity to the one to keep", "Default: 0.4.", "exact, notes, transposed, near, all; default: exact.");
  }

  private List<String> paths(Path data, String kind) throws IOException, InterruptedException {
    var ended = midifleet("duplicates", "--kind", kind, "--json", "--data", data.toString());
    assertThat(ended.code()).as(ended.err()).isZero();
    List<String> lines = ended.out().lines().toList();
    JsonNode totals = new ObjectMapper().readTree(lines.get(0));
    assertThat(totals.get("kind").asText()).isEqualTo(kind);
    assertThat(totals.get("groups").asInt()).isEqualTo(1).isEqualTo(lines.size() - 1);
    JsonNode group = new ObjectMapper().readTree(lines.get(1));
    assertThat(group.get("freeable_bytes")).isEqualTo(totals.get("freeable_bytes"));
    List<String> paths = new ArrayList<>();
    for (JsonNode member : group.get("members")) {
      assertThat(member.get("keep").asBoolean()).isEqualTo(paths.isEmpty());
      paths.add(member.get("path").asText());
    }
    assertThat(group.get("files").asInt()).isEqualTo(paths.size());
    return paths;
  }

  private static MidifleetProcess.Ended midifleet(String... arguments) throws IOException, InterruptedException {
    return MidifleetProcess
        .run(Map.of("MIDIFLEET_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/x", "LC_ALL", "C.UTF-8"), arguments);
  }

  private static byte[] song(int from, int up, double tempo) {
    var random = new Random(4);
    return SmfBuilder.smf().track(t -> {
      t.tempo(0, tempo);
      for (int i = 0; i < 120; i++) {
        int pitch = 50 + random.nextInt(24) + up;
        if (i >= from) {
          t.note(0, pitch, 80, i * 240L, 200);
        }
      }
    }).bytes();
  }
}
