package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.testkit.SmfBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class RunCommandTest {
  @TempDir
  private Path temp;

  @Test
  void a_file_is_refused_with_the_command_that_takes_one() throws Exception {
    Path file = Files.write(temp.resolve("one.mid"), SmfBuilder.scale());
    var refused = MidifleetProcess.run(Map.of(), "run", file.toString());
    assertThat(refused.err())
        .endsWith(file + " is a file, and run takes a folder: `midifleet analyze` looks at one file\n");
    assertThat(refused.code()).isEqualTo(ExitCode.USAGE.code());
    var nowhere = MidifleetProcess.run(Map.of(), "run", temp.resolve("nowhere").toString());
    assertThat(nowhere.err()).contains("nowhere: no such folder");
  }

  @Test
  void a_folder_without_midi_files_is_no_silent_success() throws Exception {
    // Run by root, PostgreSQL is another user, who must be able to enter.
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path folder = Files.createDirectory(temp.resolve("music"));
    Files.writeString(folder.resolve("readme.txt"), "none here");
    var ended = MidifleetProcess.run(Map.of(), "run", folder.toString(), "--data", temp.resolve("data").toString());
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("midifleet: no MIDI files (.mid, .midi, .kar, .rmi, .smf) in " + folder
        + "; --all-files looks at every file\n");
    assertThat(ended.out()).contains("0 files: 0 analysed").doesNotContain("midifleet duplicates");
  }
}
