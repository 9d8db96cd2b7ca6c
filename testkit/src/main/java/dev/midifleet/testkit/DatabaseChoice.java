package dev.midifleet.testkit;

import dev.midifleet.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** Decides where the tests' database comes from. */
final class DatabaseChoice {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseChoice.class);

  private static @Nullable TestDatabase shared;
  private static @Nullable String sharedFailure;

  /** The ways to a database, in the order in which they are tried. */
  private enum Way {
    ENVIRONMENT("MIDIFLEET_TEST_DATABASE_URL names one"),
    DOCKER("Docker answers and has, or may pull, the image"),
    EMBEDDED("this is Linux on amd64 or arm64");

    private final String condition;

    Way(String condition) { this.condition = condition; }
  }

  private DatabaseChoice() {}

  static synchronized TestDatabase shared() {
    if (sharedFailure != null) throw new IllegalStateException(sharedFailure);
    if (shared == null) {
      try {
        shared = choose(System.getenv());
      } catch (IllegalStateException e) {
        sharedFailure = String.valueOf(e.getMessage());
        throw e;
      }
    }
    return shared;
  }

  /**
   * @param environment
   *          variables as in {@link System#getenv()}
   */
  static TestDatabase choose(Map<String, String> environment) {
    String only = environment.getOrDefault("MIDIFLEET_TEST_DATABASE", "");
    List<String> refusals = new ArrayList<>();
    for (Way way : Way.values()) {
      String name = way.name().toLowerCase(Locale.ROOT);
      String refusal = "no";
      if (!only.isBlank() && !only.equals(name)) {
        refusal = "not allowed by MIDIFLEET_TEST_DATABASE=" + only;
      } else {
        try {
          TestDatabase database = attempt(way, environment);
          if (database != null) {
            LOG.info("the tests' database: {} ({})", name, way.condition);
            return database;
          }
        } catch (IOException | RuntimeException e) {
          // Whoever names a database wants that one.
          if (way == Way.ENVIRONMENT) throw new IllegalStateException(String.valueOf(e.getMessage()), e);
          LOG.warn("the tests' database: {} failed", name, e);
          refusal = String.valueOf(e.getMessage());
        }
      }
      refusals.add("  " + name + ": when " + way.condition + " - " + refusal);
    }
    throw new IllegalStateException("these tests need a real PostgreSQL, and none of the three ways to one works:\n"
        + String.join("\n", refusals));
  }

  private static @Nullable TestDatabase attempt(Way way, Map<String, String> environment) throws IOException {
    return switch (way) {
      case ENVIRONMENT -> fromEnvironment(environment);
      case DOCKER -> {
        var image = new DockerImage(
            environment.getOrDefault("MIDIFLEET_TEST_POSTGRES_IMAGE", "postgres:17"));
        yield image.isUsable() ? launch(image) : null;
      }
      case EMBEDDED -> embedded();
    };
  }

  private static @Nullable TestDatabase fromEnvironment(Map<String, String> environment) {
    String url = environment.get("MIDIFLEET_TEST_DATABASE_URL");
    if (url == null || url.isBlank()) return null;
    var databases = new DatabaseServer(new TestDatabase.Credentials(url,
        environment.getOrDefault("MIDIFLEET_TEST_DATABASE_USER", "postgres"),
        environment.getOrDefault("MIDIFLEET_TEST_DATABASE_PASSWORD", "")));
    databases.requireAnswer();
    // This server goes on without us.
    atEnd(databases::dropAll);
    return databases;
  }

  private static TestDatabase launch(DockerImage image) {
    // Stopped with the JVM.
    @SuppressWarnings("resource")
    var container = new PostgreSQLContainer(
        DockerImageName.parse(image.name()).asCompatibleSubstituteFor("postgres"))
        .withImagePullPolicy(name -> image.mayBePulled());
    // Testcontainers turns fsync off by its command.
    container.setCommand("postgres");
    container.start();
    // Testcontainers' own cleaner may be turned off.
    atEnd(container::stop);
    return new DatabaseServer(new TestDatabase.Credentials(container.getJdbcUrl(), container.getUsername(),
        container.getPassword()));
  }

  private static TestDatabase embedded() throws IOException {
    var folder = Files.createTempDirectory("midifleet-test-database-");
    // As root the server runs as another user, who must get in.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    var postgres = EmbeddedPostgres.start(folder);
    atEnd(() -> {
      postgres.close();
      deleteTree(folder);
    });
    return new DatabaseServer(
        new TestDatabase.Credentials(postgres.jdbcUrl(), postgres.user(), postgres.password()));
  }

  private static void atEnd(Runnable action) {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("testkit-end").unstarted(action));
  }

  private static void deleteTree(Path folder) {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      LOG.warn("{} stays behind: {}", folder, e.toString());
    }
  }
}
