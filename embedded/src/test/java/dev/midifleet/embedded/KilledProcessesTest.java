package dev.midifleet.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.midifleet.embedded.ChildMain.Rows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stays, and what is left running, when processes are killed; and who may run them. */
class KilledProcessesTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private Path folder;

  @BeforeEach
  void make_a_folder_that_other_users_may_enter() throws Exception {
    folder = Files.createTempDirectory("midifleet-killed-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void delete_it() throws Exception { FolderTree.delete(folder); }

  private static void awaitEnd(long pid) { await().atMost(SOON).until(() -> ProcessHandle.of(pid).isEmpty()); }

  @Test
  void killed_jvm_takes_its_server_along_and_committed_rows_stay() throws Exception {
    try (var child = ChildJvm.run("hold", folder.toString())) {
      long server = Long.parseLong(child.awaitLine("ready"));
      assertThat(ProcessHandle.of(server)).isPresent();
      child.kill();
      awaitEnd(server);
    }
    try (var postgres = EmbeddedPostgres.start(folder)) {
      assertThat(Rows.count(postgres)).isEqualTo(ChildMain.ROWS);
    }
  }

  @Test
  void start_right_after_a_kill_waits_for_the_server_that_is_on_its_way_out() throws Exception {
    try (var child = ChildJvm.run("hold", folder.toString())) {
      child.awaitLine("ready");
      child.kill();
      try (var postgres = EmbeddedPostgres.start(folder)) {
        assertThat(Rows.count(postgres)).isEqualTo(ChildMain.ROWS);
      }
    }
  }

  @Test
  void server_that_its_jvm_left_behind_is_ended_first() throws Exception {
    EmbeddedPostgres.start(folder).close();
    var data = DataFolder.take(folder);
    var binaries = PostgresBinaries.unpackInto(EmbeddedPostgres.defaultDataFolder());
    var orphan = PostgresServer.launch(data, binaries, ServerUser.of(data.cluster()));
    data.close();
    try (var postgres = EmbeddedPostgres.start(folder)) {
      assertThat(ProcessHandle.of(orphan.pid())).isEmpty();
      assertThat(Rows.value(postgres, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void server_and_jvm_killed_at_once_leave_a_stale_pid_file_and_all_committed_rows() throws Exception {
    try (var child = ChildJvm.run("hold", folder.toString())) {
      long server = Long.parseLong(child.awaitLine("ready"));
      Command.signal(server, "KILL");
      child.kill();
      awaitEnd(server);
    }
    assertThat(folder.resolve("postgres/postmaster.pid")).exists();
    try (var postgres = EmbeddedPostgres.start(folder)) {
      assertThat(Rows.count(postgres)).isEqualTo(ChildMain.ROWS);
    }
    assertThat(Files.readString(folder.resolve("postgres.log"))).contains("automatic recovery in progress");
  }

  @Test
  void stale_pid_file_that_names_a_living_stranger_is_no_obstacle() throws Exception {
    EmbeddedPostgres.start(folder).close();
    var user = ServerUser.of(folder.resolve("postgres"));
    var stranger = Command.builder(user.command("KILL", List.of("sleep", "600"))).start();
    try {
      await().until(() -> ProcessHandle.of(stranger.pid()).isPresent());
      Files.writeString(folder.resolve("postgres/postmaster.pid"),
          stranger.pid() + "\n" + folder + "/postgres\n1700000000\n5432\n\n127.0.0.1\n1 1\nready   \n");
      assertThat(EmbeddedPostgres.findRunning(folder)).isEmpty();
      try (var postgres = EmbeddedPostgres.start(folder)) {
        assertThat(Rows.value(postgres, "select 1")).isEqualTo("1");
      }
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void interrupt_from_the_terminal_reaches_the_jvm_and_not_its_server() throws Exception {
    try (var child = ChildJvm.run("hold", folder.toString())) {
      long server = Long.parseLong(child.awaitLine("ready"));
      assertThat(ChildJvm.processGroup(server)).isNotEqualTo(child.pid());
      child.interruptProcessGroup();
      assertThat(child.awaitLine("drained")).isEqualTo(Integer.toString(ChildMain.ROWS));
      child.awaitLine("closed");
      assertThat(ProcessHandle.of(server)).isEmpty();
    }
  }

  @Test
  void half_made_cluster_is_reported_removed_and_made_anew() throws Exception {
    PostgresBinaries.unpackInto(EmbeddedPostgres.defaultDataFolder());
    // No file may grow beyond 1 MB: initdb fails on the way, as it does on a full disk.
    var limited = List.of("setsid", "sh", "-c", "ulimit -f 2048; exec \"$@\"", "sh");
    try (var child = ChildJvm.run(limited, ChildJvm.classPath(), "hold", folder.toString())) {
      assertThat(child.awaitLine("refused")).contains("initdb failed").contains("File too large");
    }
    assertThat(ChildJvm.names(folder)).isEqualTo("midifleet.lock password");
    try (var postgres = EmbeddedPostgres.start(folder)) {
      assertThat(Rows.value(postgres, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void user_other_than_root_starts_it_too_and_keeps_rows() throws Exception {
    var classPath = ChildJvm.copyClassPath(folder);
    var home = Files.createDirectory(folder.resolve("home"));
    try (var child = ChildJvm.run(asOtherUser(home), classPath, "hold", home.resolve("data").toString())) {
      long server = Long.parseLong(child.awaitLine("ready"));
      child.kill();
      awaitEnd(server);
    }
    try (var child = ChildJvm.run(asOtherUser(home), classPath, "hold", home.resolve("data").toString())) {
      child.awaitLine("ready");
      child.interruptProcessGroup();
      assertThat(child.awaitLine("drained")).isEqualTo(Integer.toString(2 * ChildMain.ROWS));
      child.awaitLine("closed");
    }
    assertThat(home.resolve(".local/share/midifleet")).isDirectory();
  }

  @Test
  void folder_that_the_user_may_not_write_is_named() throws Exception {
    var classPath = ChildJvm.copyClassPath(folder);
    var closed = Files.createDirectory(folder.resolve("closed"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
    var home = Files.createDirectory(folder.resolve("home"));
    try (var child = ChildJvm.run(asOtherUser(home), classPath, "hold", closed.resolve("data").toString())) {
      assertThat(child.awaitLine("refused")).contains("this user has no permission for " + closed.resolve("data"));
    }
  }

  /** Root becomes nobody; another user stays who he is. */
  private static List<String> asOtherUser(Path home) throws Exception {
    var environment = List.of("env", "HOME=" + home, "setsid");
    if (!ServerUser.isRoot()) return environment;
    Files.setAttribute(home, "unix:uid", 65534);
    return Stream.concat(
        Stream.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"), environment.stream()).toList();
  }

  @Test
  void folder_that_postgresqls_user_may_not_enter_is_named_with_what_to_do() throws Exception {
    var closed = Files.createDirectory(folder.resolve("closed"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    var other = new ServerUser("nobody", 65534, 65534, ServerUser.isRoot());
    if (ServerUser.isRoot()) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(closed.resolve("data")))
          .isInstanceOf(EmbeddedPostgresException.class).hasMessageContaining("which may not enter " + closed)
          .hasMessageContaining("/var/lib/midifleet is the default").hasMessageContaining("chmod o+x '" + closed);
      assertThat(other.firstForbidden(closed)).contains(closed);
    } else {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rw-------"));
      assertThat(other.firstForbidden(closed)).contains(closed);
    }
    assertThat(other.firstForbidden(folder)).isEmpty();
  }

  @Test
  void processes_that_unpack_at_the_same_time_get_one_whole_copy() throws Exception {
    var target = folder.resolve("programs");
    var name = PostgresBinaries.unpackInto(EmbeddedPostgres.defaultDataFolder()).folder().getFileName();
    Files.createDirectories(target.resolve(name + ".partial/left by a killed one"));
    try (
        var one = ChildJvm.run("unpack", target.toString());
        var two = ChildJvm.run("unpack", target.toString());
        var three = ChildJvm.run("unpack", target.toString())) {
      var copy = one.awaitLine("unpacked");
      assertThat(two.awaitLine("unpacked")).isEqualTo(copy);
      assertThat(three.awaitLine("unpacked")).isEqualTo(copy);
      assertThat(ChildJvm.names(target)).isEqualTo(".unpacking.lock " + Path.of(copy).getFileName());
      assertThat(Command.run(List.of(copy + "/bin/postgres", "--version"), "").output()).contains("PostgreSQL) 18.");
    }
  }
}
