package dev.midifleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  @TempDir
  Path folder = Path.of("set by JUnit");

  /** Stands in for a test run: starts a program and waits to be killed. */
  static final class Parent {
    private Parent() {}

    static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      Process child = Commands.spawn(folder, Map.of(), folder.resolve("out"), List.of("sleep", "300"));
      System.out.println(child.pid());
      Thread.sleep(300_000);
    }
  }

  @Test
  void spawned_program_ends_when_its_jvm_is_killed() throws IOException {
    Process parent = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("java.class.path"), Parent.class.getName(), folder.toString()).redirectError(
            ProcessBuilder.Redirect.INHERIT)
        .start();
    try (var output = new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      long child = Long.parseLong(output.readLine());
      assertThat(ProcessHandle.of(child)).isPresent();
      parent.destroyForcibly();
      await().atMost(Duration.ofSeconds(10)).until(() -> ProcessHandle.of(child).isEmpty());
    }
  }

  @Test
  void failing_program_is_reported_with_what_it_said() {
    assertThatThrownBy(
        () -> Commands.run(folder, Map.of(), Duration.ofSeconds(10), List.of("sh", "-c", "echo no such thing; exit 3")))
        .isInstanceOf(IOException.class).hasMessage("sh -c ended with 3: no such thing");
  }

  @Test
  void program_that_takes_too_long_is_ended() {
    assertThatThrownBy(
        () -> Commands.run(folder, Map.of(), Duration.ofMillis(200), List.of("sleep", "300")))
        .isInstanceOf(IOException.class).hasMessageStartingWith("sleep 300 took more than 0 s");
  }
}
