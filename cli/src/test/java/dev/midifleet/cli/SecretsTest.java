package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords stay out of everything that a command prints, whatever is wrong, and however much it is asked to say. */
@Tag("long")
class SecretsTest {
  private static final String SECRET = "sEcReT-1234";
  private static final String HALF = "1234";

  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"doctor", "status", "worker", "init"})
  void wrong_hosts_and_passwords_are_reported_without_the_passwords(String command) throws Exception {
    Path file = Files.writeString(folder.resolve("password"), SECRET + "\n");
    Map<String, String> inVariables = environment("amqp://user:" + SECRET + "@127.0.0.1:1/x",
        "jdbc:postgresql://127.0.0.1:1/x");
    inVariables.put("MIDIFLEET_DATABASE_PASSWORD", SECRET);
    Map<String, String> inFiles = environment("amqp://127.0.0.1:1/x", "jdbc:postgresql://127.0.0.1:1/x");
    inFiles.put("MIDIFLEET_AMQP_USER", "user");
    inFiles.put("MIDIFLEET_AMQP_PASSWORD_FILE", file.toString());
    inFiles.put("MIDIFLEET_DATABASE_PASSWORD_FILE", file.toString());
    // Each waits for seconds: together.
    var withVariables = MidifleetProcess.start(inVariables, command, "--verbose");
    var withFiles = MidifleetProcess.start(inFiles, command, "--verbose");
    for (MidifleetProcess running : List.of(withVariables, withFiles)) {
      var ended = running.await();
      assertThat(ended.code()).as(ended.err()).isNotZero();
      assertThat(ended.out() + ended.err()).contains("127.0.0.1:1").doesNotContain(SECRET);
    }
  }

  @Test
  void uris_that_cannot_be_read_are_not_shown() throws Exception {
    Map<String, MidifleetProcess> running = new LinkedHashMap<>();
    for (String uri : List.of("amqp://u:sE cReT-1234@host", "amqp://u:sEcReT/1234@host", "amqp://u:1/sEcReT-1234@host",
        "amqp://u:sEcReT#1234@host", "amqp://u:sEcReT?1234@host", "amqp://u:%zz1234@host", "u:sEcReT-1234@host")) {
      running.put(uri,
          MidifleetProcess.start(environment(uri, "jdbc:postgresql://127.0.0.1:1/x"), "doctor", "--verbose"));
    }
    for (String url : List.of("jdbc:postgresql://h/x?user=u&password=" + SECRET, "postgresql://u:" + SECRET + "@h/x",
        "jdbc:postgresql://u:" + SECRET + "@h/x")) {
      running.put(url, MidifleetProcess.start(environment("amqp://127.0.0.1:1/x", url), "doctor", "--verbose"));
    }
    for (var one : running.entrySet()) {
      var ended = one.getValue().await();
      assertThat(ended.code()).as(one.getKey()).isNotZero();
      assertThat(ended.out() + ended.err()).as(one.getKey()).doesNotContain(HALF).doesNotContain("cReT");
    }
  }

  private static Map<String, String> environment(String amqpUri, String databaseUrl) {
    Map<String, String> environment = new HashMap<>();
    environment.put("MIDIFLEET_AMQP_URI", amqpUri);
    environment.put("MIDIFLEET_DATABASE_URL", databaseUrl);
    // A worker would wait for ever.
    environment.put("MIDIFLEET_GIVE_UP_AFTER", "1s");
    environment.put("LC_ALL", "C.UTF-8");
    return environment;
  }
}
