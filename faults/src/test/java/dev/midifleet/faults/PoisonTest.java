package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that kill whoever works on them. */
@Tag("long")
class PoisonTest {
  private static final int BATCH = 500;
  private static final int DEATHS_MAX = 12;
  /** In an order of their own, that the seed says which lies where. */
  private static final List<String> POISONS = List.of("poison-halt.mid", "poison-oom.mid", "poison-hang.mid");

  @TempDir
  private Path temp;
  private Path library = Path.of("");
  private Path deaths = Path.of("");

  @BeforeEach
  void open_the_folder_to_the_servers_user() throws IOException {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    library = Files.createDirectory(temp.resolve("midi"));
    deaths = Files.createDirectory(temp.resolve("deaths"));
  }

  @Test
  void three_poison_files_in_three_batches_end_dead_and_nothing_else_does() throws Exception {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    var dice = new Random(seed);
    Set<String> all = files(6 * BATCH);
    Map<String, FailureKind> dead = new HashMap<>();
    for (String poison : POISONS) {
      // In the order of the names: in the first, the third and the fifth batch.
      String name = (dead.size() * 2 * BATCH + 100_000 + dice.nextInt(BATCH)) + poison;
      Files.write(library.resolve(name), SmfBuilder.smf().track(t -> t.note(0, 60, 1, 0, 200 + dead.size())).bytes());
      dead.put(name, FailureKind.CRASHED_WORKER);
      all.add(name);
    }
    try (var fleet = new FleetUnderTest(TestDatabase.shared(), TestBroker.shared(), temp)) {
      fleet.set("MIDIFLEET_BATCH_FILES", String.valueOf(BATCH)).set("MIDIFLEET_FILE_TIMEOUT", "3s")
          .set("MIDIFLEET_DRAIN_TIMEOUT", "5s").set(FaultListener.DEATHS, deaths.toString());
      fleet.enqueue(library);
      for (int i = 0; i < 3; i++) {
        fleet.worker("on", "--slots", "2");
      }
      for (int i = 0; i < 12; i++) {
        Thread.sleep(1_000 + dice.nextLong(2_000));
        fleet.workers().get(dice.nextInt(3)).kill();
      }
      try {
        Ledger.Counts counts = fleet.balance(Ledger.Expected.of(all, dead));
        assertThat(counts.dead()).isEqualTo(3);
      } catch (AssertionError e) {
        System.out.println(fleet.said());
        throw e;
      }
    }
    for (String name : dead.keySet()) {
      long died = Files.size(deaths.resolve(name));
      System.out.println(name + " cost " + died + " processes");
      assertThat(died).as(name).isBetween(3L, (long) DEATHS_MAX);
    }
  }

  @Test
  void a_run_that_is_started_again_gets_through_a_file_that_kills_it() throws Exception {
    files(40);
    Files.write(library.resolve("7poison-halt.mid"), SmfBuilder.scale(60));
    Midifleet.Running first = run();
    assertThat(first.exitCode(60)).as(first::errors).isEqualTo(137);
    Midifleet.Running second = run();
    assertThat(second.exitCode(60)).as(second::errors).isEqualTo(137);
    Midifleet.Running third = run();
    assertThat(third.exitCode(60)).as(third::errors).isZero();
    JsonNode summary = new ObjectMapper().readTree(third.output());
    assertThat(List.of(summary.get("analyzed").asInt(), summary.get("dead").asInt())).containsExactly(40, 1);
    assertThat(third.errors()).contains("7poison-halt.mid").contains("is given up");
    assertBalanced("7poison-halt.mid");
  }

  @Test
  void a_run_in_which_a_file_hangs_says_so_and_gets_through_when_started_again() throws Exception {
    files(40);
    Files.write(library.resolve("7poison-hang.mid"), SmfBuilder.scale(60));
    Midifleet.Running first = run();
    assertThat(first.exitCode(60)).as(first::errors).isEqualTo(69);
    assertThat(first.errors()).contains("7poison-hang.mid").contains("it hangs").contains("started again");
    Midifleet.Running second = run();
    assertThat(second.exitCode(60)).as(second::errors).isZero();
    JsonNode summary = new ObjectMapper().readTree(second.output());
    assertThat(summary.get("dead").asInt()).isEqualTo(1);
    assertThat(summary.get("analyzed").asInt() + summary.get("skipped").asInt()).isEqualTo(40);
    assertBalanced("7poison-hang.mid");
  }

  private Midifleet.Running run() throws IOException {
    return midifleet().with(Map.of(FaultListener.VARIABLE, "on")).start("run", library.toString(), "--data", data(),
        "--json");
  }

  /** By the command for it, as `run` ends the server of its rows. The starts after the first planned nothing new. */
  private void assertBalanced(String poison) throws IOException, InterruptedException {
    String file = library.resolve(poison).toString();
    var why = new ObjectMapper().readTree(midifleet().succeed("why", file, "--data", data(), "--json").output());
    String planned = why.get("batches").get(0).get("run").asText();
    Midifleet.Running audit = midifleet().start("audit", planned, "--data", data());
    assertThat(audit.exitCode(60)).as(() -> audit.output() + audit.errors()).isZero();
    assertThat(audit.output()).contains(" 40 done\n", " 1 dead: CRASHED_WORKER 1\n");
  }

  private Midifleet midifleet() throws IOException {
    return new Midifleet(Map.of("MIDIFLEET_FILE_TIMEOUT", "2s", "MIDIFLEET_DRAIN_TIMEOUT", "3s",
        "MIDIFLEET_RELAY_INTERVAL", "100ms"), Files.createDirectories(temp.resolve("outputs")));
  }

  private String data() { return temp.resolve("data").toString(); }

  private Set<String> files(int count) throws IOException {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      String name = (100_000 + i) + ".mid";
      int number = i;
      Files.write(library.resolve(name),
          SmfBuilder.smf().track(t -> t.note(0, 40 + number % 40, 1 + number / 40, 0, 100)).bytes());
      names.add(name);
    }
    return names;
  }
}
