package dev.midifleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.testkit.SmfBuilder;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class AnalyzeProcessTest {
  @TempDir
  private Path folder;

  @Test
  void a_name_that_is_not_utf_8_is_found_from_the_command_line() throws Exception {
    Files.write(folder.resolve("song"), SmfBuilder.scale());
    var ended = CommandProcess.shell(folder, """
        name=$(printf 'caf\\351.mid')
        mv song "$name"
        "$@" analyze "$name" .""");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.code()).isZero();
    assertThat(ended.out().lines()).hasSize(2).allSatisfy(line -> assertThat(line).contains("\"total_notes\":"));
    assertThat(ended.out().lines().map(line -> line.substring(0, line.indexOf(','))))
        .containsExactly("{\"path\":\"caf\\\\xe9.mid\"", "{\"path\":\"./caf\\\\xe9.mid\"");
  }

  @Test
  void a_reader_that_closes_its_end_is_no_error() throws Exception {
    copies(2_000);
    var ended = CommandProcess.shell(folder, "{ \"$@\" analyze .; echo $? >&2; } | head -n 1");
    assertThat(ended.out().lines()).hasSize(1);
    assertThat(ended.err()).isEqualTo("141\n");
  }

  @Test
  void a_full_disk_is_said_in_one_line() throws Exception {
    copies(1);
    var ended = CommandProcess.shell(folder, "\"$@\" analyze . >/dev/full");
    assertThat(ended.code()).isEqualTo(ExitCode.CANNOT_WRITE.code());
    assertThat(ended.err()).isEqualTo("midifleet: standard output cannot be written to: No space left on device\n");
  }

  @Test
  void a_path_that_is_not_there_is_a_line_and_the_end_says_so() throws Exception {
    var ended = CommandProcess.shell(folder, "\"$@\" analyze nowhere");
    assertThat(ended.out()).isEqualTo(
        "{\"path\":\"nowhere\",\"failure\":\"MISSING\",\"reason\":\"there is no such file\",\"byte_offset\":null}\n");
    assertThat(ended.err()).isEqualTo("midifleet: nowhere: there is no such file or folder\n");
    assertThat(ended.code()).isEqualTo(ExitCode.INCOMPLETE.code());
  }

  @Test
  void standard_input_is_refused_and_a_file_of_that_name_is_not() throws Exception {
    var refused = CommandProcess.shell(folder, "echo song | \"$@\" analyze -");
    assertThat(refused.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(refused.err()).startsWith("midifleet: - is not read: name files or folders");
    Files.write(folder.resolve("-"), SmfBuilder.scale());
    var file = CommandProcess.shell(folder, "\"$@\" analyze ./-");
    assertThat(file.code()).isZero();
    assertThat(file.out()).contains("\"path\":\"./-\"", "\"total_notes\":").doesNotContain("failure");
  }

  @Test
  void a_number_of_threads_out_of_range_is_misuse() throws Exception {
    var ended = CommandProcess.shell(folder, "\"$@\" analyze --threads 2000 .");
    assertThat(ended.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(ended.err()).isEqualTo("midifleet: --threads is 2000; it must be from 0 to 1024\n");
  }

  @Test
  void a_signal_ends_it_after_a_whole_line() throws Exception {
    copies(20_000);
    List<String> words = new ArrayList<>(CommandProcess.words());
    words.addAll(List.of("analyze", "."));
    var process = new ProcessBuilder(words).directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> lines = new ArrayList<>();
    try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        if (lines.size() == 10) {
          // SIGTERM: unlike SIGINT, no parent can have made it ignored.
          process.toHandle().destroy();
        }
      }
    }
    assertThat(process.waitFor()).isEqualTo(143);
    assertThat(lines).hasSizeBetween(10, 19_999).allSatisfy(line -> assertThat(line).startsWith("{").endsWith("}"));
  }

  @Test
  void a_small_heap_takes_large_files() throws Exception {
    copies(3);
    Files.write(folder.resolve("2large.mid"), SmfBuilder.scale());
    var ended = CommandProcess.shell(folder, "truncate -s 100M 2large.mid; \"$@\" analyze .", "-Xmx64m");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out().lines()).hasSize(4).noneMatch(line -> line.contains("\"failure\""));
  }

  private void copies(int count) throws Exception {
    Path song = Files.write(folder.resolve("0.mid"), SmfBuilder.scale());
    for (int i = 1; i < count; i++) {
      Files.createLink(folder.resolve(i + ".mid"), song);
    }
  }
}
