package dev.midifleet.faults;

import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of faults share: a fleet, a library of made files, dice. */
abstract class FaultTest {
  static final String DONE = "select count(*) from files where status = 'done'";
  static final String HELD = "select count(*) from batches where taken > 0 and committed_at is null";

  @TempDir
  Path temp;
  private final int files;
  FleetUnderTest fleet;
  MadeFiles made;

  @SuppressWarnings("NullAway.Init") // JUnit sets the folder, open() the rest; where that fails, the test has failed.
  FaultTest(int files) { this.files = files; }

  final void open(TestDatabase database, TestBroker broker) throws IOException {
    fleet = new FleetUnderTest(database, broker, temp);
    made = MadeFiles.in(temp.resolve("midi"), files);
  }

  @AfterEach
  final void end() throws IOException {
    if (Objects.isNull(fleet)) return;
    fleet.close();
    System.out.println(fleet.said());
  }

  /** Whose seed is printed; {@code -Dmidifleet.seed=} replays it. */
  static Random dice() {
    long seed = Long.getLong("midifleet.seed", System.nanoTime() & 0xffff);
    System.out.println("seed " + seed);
    return new Random(seed);
  }

  /** A claim lasts a minute; what is claimed by a dead relay is due at once here. */
  final void makeClaimsRunOut() throws SQLException {
    change("update batches set due_at = now() where committed_at is null and published_at is null");
  }

  final void change(String sql) throws SQLException {
    try (Connection connection = fleet.connect(); Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  final long number(String sql) throws SQLException {
    try (Connection connection = fleet.connect()) {
      return Rows.number(connection, sql);
    }
  }
}
