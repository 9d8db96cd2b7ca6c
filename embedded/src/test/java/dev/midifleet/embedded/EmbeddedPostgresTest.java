package dev.midifleet.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.midifleet.embedded.ChildMain.Rows;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Starting, refusing to start, and what a data folder holds. */
class EmbeddedPostgresTest {
  private Path folder;

  @BeforeEach
  void make_a_folder_that_other_users_may_enter() throws Exception {
    folder = Files.createTempDirectory("midifleet embedded é ");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void delete_it() throws Exception { FolderTree.delete(folder); }

  @Test
  void durable_settings_are_as_postgresql_has_them() throws Exception {
    try (var postgres = EmbeddedPostgres.start(folder)) {
      for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes", "data_checksums")) {
        assertThat(Rows.value(postgres, "show " + setting)).as(setting).isEqualTo("on");
      }
      assertThat(Rows.value(postgres, "show wal_level")).isEqualTo("replica");
      assertThat(Rows.value(postgres, "show server_encoding")).isEqualTo("UTF8");
      assertThat(Rows.value(postgres, "select current_database() || ' ' || current_user"))
          .isEqualTo("midifleet midifleet");
    }
  }

  @Test
  void rows_password_and_nothing_else_outlive_a_restart() throws Exception {
    String password;
    long pid;
    try (var postgres = EmbeddedPostgres.start(folder)) {
      Rows.commit(postgres, 10);
      password = postgres.password();
      pid = postgres.pid();
    }
    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThat(ChildJvm.names(folder)).isEqualTo("midifleet.lock password postgres postgres.log");
    try (var postgres = EmbeddedPostgres.start(folder)) {
      assertThat(Rows.count(postgres)).isEqualTo(10);
      assertThat(postgres.password()).isEqualTo(password);
      assertThat(postgres.dataFolder()).isEqualTo(folder.toRealPath());
    }
  }

  @Test
  void only_who_may_read_the_password_file_can_connect() throws Exception {
    try (var postgres = EmbeddedPostgres.start(folder)) {
      for (String name : List.of("password", "postgres.log", "midifleet.lock")) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)))).as(name)
            .isEqualTo("rw-------");
      }
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("postgres"))))
          .isEqualTo("rwx------");
      assertThat(DataFolder.readPassword(folder)).isEqualTo(postgres.password()).hasSize(32);
      assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "wrong").close())
          .isInstanceOf(SQLException.class).hasMessageContaining("password authentication failed");
      assertThat(ChildJvm.names(folder.resolve("postgres"))).doesNotContain(".s.PGSQL");
    }
  }

  @Test
  void path_longer_than_a_unix_socket_may_have_works() throws Exception {
    var deep = folder.resolve("a".repeat(100)).resolve("b".repeat(100));
    try (var postgres = EmbeddedPostgres.start(deep)) {
      Rows.commit(postgres, 1);
      assertThat(Rows.count(postgres)).isEqualTo(1);
    }
  }

  @Test
  void running_server_is_found_and_a_stopped_one_is_not() throws Exception {
    assertThat(EmbeddedPostgres.findRunning(folder.resolve("absent"))).isEmpty();
    try (var postgres = EmbeddedPostgres.start(folder)) {
      assertThat(EmbeddedPostgres.findRunning(folder))
          .contains(new ServerAddress(postgres.port(), postgres.user(), postgres.password()));
      assertThat(new ServerAddress(1, "a", "secret").toString()).doesNotContain("secret");
    }
    assertThat(EmbeddedPostgres.findRunning(folder)).isEmpty();
  }

  @Test
  void second_start_in_this_process_names_this_process_and_leaves_the_first_alone() throws Exception {
    try (var postgres = EmbeddedPostgres.start(folder)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(folder)).isInstanceOf(EmbeddedPostgresException.class)
          .hasMessageContaining("in use by another midifleet, process " + ProcessHandle.current().pid());
      try (var child = ChildJvm.run("hold", folder.toString())) {
        assertThat(child.awaitLine("refused")).contains("in use by another midifleet, process "
            + ProcessHandle.current().pid() + " on ");
      }
      assertThat(Rows.value(postgres, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void data_of_another_major_version_is_refused_and_left_as_it_is() throws Exception {
    Files.createDirectory(folder.resolve("postgres"));
    Files.writeString(folder.resolve("postgres/PG_VERSION"), "9\n");
    assertThatThrownBy(() -> EmbeddedPostgres.start(folder)).isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("was written by PostgreSQL 9, and this midifleet brings 18.");
    assertThat(ChildJvm.names(folder.resolve("postgres"))).isEqualTo("PG_VERSION");
  }

  @Test
  void folder_of_something_else_is_refused() throws Exception {
    Files.createDirectory(folder.resolve("postgres"));
    assertThatThrownBy(() -> EmbeddedPostgres.start(folder)).isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("is no PostgreSQL cluster");
  }

  @Test
  void file_in_the_place_of_the_data_folder_is_refused() throws Exception {
    var file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> EmbeddedPostgres.start(file)).isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining(file + " is no folder");
  }

  @Test
  void lost_password_is_named() throws Exception {
    EmbeddedPostgres.start(folder).close();
    Files.delete(folder.resolve("password"));
    assertThatThrownBy(() -> EmbeddedPostgres.start(folder)).isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("the password of the database cannot be read");
  }

  @Test
  void log_that_has_grown_large_makes_room() throws Exception {
    EmbeddedPostgres.start(folder).close();
    try (var log = new RandomAccessFile(folder.resolve("postgres.log").toFile(), "rw")) {
      log.setLength(DataFolder.LOG_BYTES_MAX + 1);
    }
    EmbeddedPostgres.start(folder).close();
    assertThat(folder.resolve("postgres.log.1")).hasSize(DataFolder.LOG_BYTES_MAX + 1);
    assertThat(Files.size(folder.resolve("postgres.log"))).isBetween(1L, 100_000L);
  }

  @Test
  void interrupted_start_leaves_the_folder_free() throws Exception {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> EmbeddedPostgres.start(folder)).isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    await().ignoreExceptions()
        .untilAsserted(() -> EmbeddedPostgres.start(folder).close());
  }
}
