package dev.midifleet.bench.ablation;

import dev.midifleet.bench.CorpusGenerator;
import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.bench.endtoend.BenchFleet;
import dev.midifleet.embedded.EmbeddedPostgres;
import dev.midifleet.embedded.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the arms share: the files, a folder, and servers that are started when the first arm wants them. */
final class Context implements AutoCloseable {
  private static final long WARM_SEED = 99;
  private static final int FEW = 300;

  private final Path folder;
  private final int files;
  private final int turns;
  private final double warmSeconds;
  private int databases;
  private @Nullable EmbeddedPostgres postgres;
  private @Nullable BenchFleet fleets;

  /**
   * @param files
   *          generated files that each turn works on
   * @param turns
   *          of each arm
   * @param warmSeconds
   *          that a JVM works before its first turn
   */
  Context(int files, int turns, double warmSeconds) throws IOException {
    this.files = files;
    this.turns = turns;
    this.warmSeconds = warmSeconds;
    folder = Files.createTempDirectory("midifleet-ablation-");
    // As root the server runs as another user, who must get in.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    new CorpusGenerator(1, 0).write(files, library());
  }

  int files() { return files; }

  int turns() { return turns; }

  double warmSeconds() { return warmSeconds; }

  /** For what the arms write. */
  Path folder() { return folder; }

  /** The generated files. */
  Path library() { return folder.resolve("corpus"); }

  /** How many {@link #fewFiles} has. */
  int few() { return Math.min(files, FEW); }

  /** The first of the generated files: what a process does in its first seconds. */
  Path fewFiles() throws IOException {
    Path first = folder.resolve("few");
    if (!Files.exists(first)) {
      new CorpusGenerator(1, 0).write(few(), first);
    }
    return first;
  }

  /** Others, to warm up with. */
  Path warmLibrary() throws IOException {
    Path warm = folder.resolve("warm");
    if (!Files.exists(warm)) {
      new CorpusGenerator(WARM_SEED, 0).write(files, warm);
    }
    return warm;
  }

  /** The generated files in memory. */
  LoadedCorpus corpus() throws IOException {
    return LoadedCorpus.load(library().toString(), files);
  }

  /** A PostgreSQL of this run's own, durable as in production. */
  EmbeddedPostgres postgres() throws IOException {
    EmbeddedPostgres running = postgres;
    if (running == null) {
      running = EmbeddedPostgres.start(folder.resolve("store"));
      postgres = running;
    }
    return running;
  }

  /** A new database of that server, as settings. */
  Map<String, String> newDatabase() throws IOException, SQLException {
    EmbeddedPostgres server = postgres();
    String name = "ablation_" + databases++;
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name + " template template0 encoding 'UTF8'");
    }
    String url = server.jdbcUrl();
    return Map.of("MIDIFLEET_DATABASE_URL", url.substring(0, url.lastIndexOf('/') + 1) + name,
        "MIDIFLEET_DATABASE_USER", server.user(), "MIDIFLEET_DATABASE_PASSWORD", server.password());
  }

  /** A RabbitMQ and another PostgreSQL. */
  BenchFleet fleets() throws IOException {
    BenchFleet running = fleets;
    if (running == null) {
      Path own = Files.createDirectory(folder.resolve("fleet"));
      running = new BenchFleet(own);
      fleets = running;
    }
    return running;
  }

  @Override
  public void close() throws IOException {
    if (fleets != null) {
      fleets.close();
    }
    if (postgres != null) {
      postgres.close();
    }
    FolderTree.delete(folder);
  }
}
