package dev.midifleet.cli;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Settings;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** A database and a virtual host of one test class's own, for commands as processes. */
final class CommandServices implements AutoCloseable {
  private final Map<String, String> environment = new HashMap<>();
  private final Database database;

  CommandServices() {
    var credentials = TestDatabase.shared().newDatabase();
    environment.put("MIDIFLEET_DATABASE_URL", credentials.jdbcUrl());
    environment.put("MIDIFLEET_DATABASE_USER", credentials.user());
    environment.put("MIDIFLEET_DATABASE_PASSWORD", credentials.password());
    environment.put("MIDIFLEET_AMQP_URI", TestBroker.shared().newVhostUri());
    environment.put("LC_ALL", "C.UTF-8");
    database = Database.open(Settings.of(environment), "test");
  }

  Map<String, String> environment() { return Collections.unmodifiableMap(environment); }

  /** Runs a command to its end. */
  MidifleetProcess.Ended midifleet(String... arguments) throws IOException, InterruptedException {
    return MidifleetProcess.run(environment, arguments);
  }

  /** Runs a statement; gives how many rows it changed. */
  int change(String sql) {
    return database.query(connection -> {
      try (var statement = connection.prepareStatement(sql)) {
        return statement.executeUpdate();
      }
    });
  }

  @Override
  public void close() { database.close(); }
}
