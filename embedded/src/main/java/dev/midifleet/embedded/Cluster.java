package dev.midifleet.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A cluster on the disk: made once, whole or not at all, and checked whenever it is opened. */
final class Cluster {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

  private Cluster() {}

  /**
   * Makes the cluster of a data folder where there is none.
   *
   * @return the password of the database's owner
   * @throws EmbeddedPostgresException
   *           when it cannot be made, or the one that is there cannot be used
   */
  static String prepare(DataFolder data, PostgresBinaries binaries, ServerUser user)
      throws IOException, InterruptedException {
    if (!Files.isDirectory(data.cluster())) return create(data, binaries, user);
    var version = data.cluster().resolve("PG_VERSION");
    if (!Files.isRegularFile(version)) {
      throw new EmbeddedPostgresException(data.cluster() + " is no PostgreSQL cluster (it has no PG_VERSION): choose "
          + "another data folder with --data, or move that folder away");
    }
    var major = Files.readString(version).strip();
    if (!major.equals(Integer.toString(binaries.major()))) {
      throw new EmbeddedPostgresException(
          ("%s was written by PostgreSQL %s, and this midifleet brings %s: copy it over "
              + "with pg_upgrade or pg_dump, or choose another data folder with --data").formatted(data.cluster(),
                  major,
                  binaries.version()));
    }
    try {
      return DataFolder.readPassword(data.folder());
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "the password of the database cannot be read: " + e + ". It was made with the "
              + "data folder; put it back, or choose another data folder with --data",
          e);
    }
  }

  private static String create(DataFolder data, PostgresBinaries binaries, ServerUser user)
      throws IOException, InterruptedException {
    LOG.info("making a PostgreSQL cluster in {}", data.cluster());
    var partial = data.folder().resolve("postgres.partial");
    var passwordFile = data.folder().resolve("password.partial");
    FolderTree.delete(partial);
    Files.deleteIfExists(passwordFile);
    try {
      Files.createDirectory(partial,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      user.own(partial);
      var password = data.newPassword();
      DataFolder.writeSecret(passwordFile, password);
      user.own(passwordFile);
      // Collation by code points from the server itself: no index depends on the C library of one machine.
      require("initdb", Command.run(user.command("KILL",
          List.of(binaries.program("initdb"), "--pgdata=" + partial, "--username=" + EmbeddedPostgres.USER,
              "--auth=scram-sha-256", "--pwfile=" + passwordFile, "--encoding=UTF8", "--locale=C",
              "--locale-provider=builtin", "--builtin-locale=C.UTF-8")),
          ""));
      require("creating the database",
          Command.run(
              user.command("KILL",
                  List.of(binaries.program("postgres"), "--single", "-D", partial.toString(), "postgres")),
              "CREATE DATABASE " + EmbeddedPostgres.DATABASE + "\n"));
      if (!hasDatabase(partial)) throw new EmbeddedPostgresException("PostgreSQL made no database in " + partial);
      Files.move(partial, data.cluster(), StandardCopyOption.ATOMIC_MOVE);
      try (var channel = FileChannel.open(data.folder(), StandardOpenOption.READ)) {
        channel.force(true);
      }
      return password;
    } finally {
      Files.deleteIfExists(passwordFile);
      FolderTree.delete(partial);
    }
  }

  /** Single-user mode ends with 0 after a failed statement too; three databases are made by initdb. */
  private static boolean hasDatabase(Path cluster) throws IOException {
    try (Stream<Path> databases = Files.list(cluster.resolve("base"))) {
      return databases.filter(path -> path.getFileName().toString().matches("\\d+")).count() > 3;
    }
  }

  private static void require(String what, Command.Result result) {
    if (!result.isSuccess()) {
      throw new EmbeddedPostgresException(what + " failed (exit code " + result.exitCode() + "): " + result.output());
    }
  }
}
