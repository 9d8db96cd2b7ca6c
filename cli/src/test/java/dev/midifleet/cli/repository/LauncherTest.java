package dev.midifleet.cli.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./midifleet} and the JDK finder, in a repository of which only these are real. */
@Timeout(120)
class LauncherTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir
  private Path temp;

  private record Ended(int code, String out) {}

  @Test
  void without_a_jdk_it_says_what_to_do() throws Exception {
    Path home = repository();
    // A path with what the scripts need and no javac; and nothing where JDKs usually lie.
    Path bin = Files.createDirectory(temp.resolve("bin"));
    for (String tool : List.of("sh", "dirname", "readlink", "sed", "cat", "id", "getent", "cut")) {
      executable(bin.resolve(tool), "exec /usr/bin/" + tool + " \"$@\"");
    }
    Path finder = home.resolve(".mvn/find-jdk.sh");
    Files.writeString(finder, Files.readString(finder).replace(" /usr/", " /nowhere/").replace(" /opt/", " /nowhere/"));

    Ended ended = sh(
        "PATH=" + bin + " HOME=/nonexistent JAVA_HOME= MIDIFLEET_JAVA_HOME= " + home + "/midifleet --help");

    assertThat(ended.out()).contains("needs a JDK 25", "export MIDIFLEET_JAVA_HOME=/path/to/jdk-25")
        .doesNotContain("not found\n");
    assertThat(ended.code()).isEqualTo(69);
  }

  @Test
  void the_jdk_is_found_without_home_and_maven_is_told_of_it() throws Exception {
    Ended ended = sh("unset HOME; set -eu; . " + ROOT + "/.mvn/find-jdk.sh; echo $MIDIFLEET_JDK; echo $JAVA25_HOME");

    assertThat(ended.code()).as(ended.out()).isZero();
    List<String> lines = ended.out().lines().toList();
    assertThat(Path.of(lines.getFirst(), "bin", "javac")).isExecutable();
    assertThat(lines.get(1)).isEqualTo(lines.getFirst());
  }

  @Test
  void it_builds_when_the_jar_is_absent_or_older_than_a_source_and_only_then() throws Exception {
    Path home = repository();
    Path source = home.resolve("common/src/main/A.java");
    assertThat(start(home).out()).contains("midifleet: building", "started analyze -x");
    assertThat(builds(home)).isEqualTo(1);

    assertThat(start(home).out()).doesNotContain("building").contains("started analyze -x");
    assertThat(builds(home)).isEqualTo(1);

    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    start(home);
    assertThat(builds(home)).isEqualTo(2);

    // A source that was deleted shows only in its folder.
    Files.delete(source);
    Files.setLastModifiedTime(source.getParent(), FileTime.from(Instant.now().plusSeconds(5)));
    start(home);
    assertThat(builds(home)).isEqualTo(3);
  }

  @Test
  void a_build_that_fails_is_shown_and_nothing_is_started() throws Exception {
    Path home = repository();
    executable(home.resolve("mvnw"), "echo 'A.java: error'; exit 1");

    Ended ended = start(home);

    assertThat(ended.code()).isEqualTo(70);
    assertThat(ended.out()).contains("A.java: error", "the build failed").doesNotContain("started");
  }

  @Test
  void the_flags_are_those_of_the_one_place_and_a_short_command_takes_no_vectors() throws Exception {
    Path home = repository();
    assertThat(start(home).out()).contains("--add-modules=jdk.incubator.vector", "-Xlog:all=warning:stderr");
    assertThat(sh(jdk() + home + "/midifleet status").out()).contains("started status", "-Xlog:all=warning:stderr")
        .doesNotContain("jdk.incubator.vector");
  }

  @Test
  void classes_are_archived_beside_the_jar_one_file_for_each_set_of_modules() throws Exception {
    Path target = Files.createDirectories(repository().resolve("cli/target"));
    Path home = temp.resolve("repository");
    assertThat(start(home).out()).contains("-XX:+AutoCreateSharedArchive ",
        "-XX:SharedArchiveFile=" + target + "/work.jsa ");
    assertThat(sh(jdk() + home + "/midifleet status").out())
        .contains("-XX:SharedArchiveFile=" + target + "/short.jsa ");
    // Where a root of tests may write everywhere, only a test that says no can tell.
    Path launcher = home.resolve("midifleet");
    Files.writeString(launcher, Files.readString(launcher).replace("[ -w \"$home/cli/target\" ]; then", "false; then"));
    assertThat(start(home).out()).doesNotContain("SharedArchive");
    Files.writeString(target.resolve("work.jsa"), "archive");
    assertThat(start(home).out()).contains("-XX:SharedArchiveFile=" + target + "/work.jsa ")
        .doesNotContain("AutoCreate");
  }

  @Test
  void no_standard_descriptor_is_left_to_a_file_of_the_jvm() throws Exception {
    Path home = repository();
    start(home);
    Ended lines = sh(jdk() + home + "/midifleet analyze x >&-");
    assertThat(lines.code()).isEqualTo(73);
    assertThat(lines.out()).isEqualTo("midifleet: standard output is closed: nobody would get the lines\n");
    Files.delete(temp.resolve("jdk/bin/java"));
    executable(temp.resolve("jdk/bin/java"),
        "for n in 0 1 2; do readlink /proc/$$/fd/$n; done >" + temp.resolve("open"));
    sh(jdk() + home + "/midifleet worker <&- >&- 2>&-");
    assertThat(temp.resolve("open")).hasContent("/dev/null\n" + temp.resolve("open") + "\n/dev/null");
  }

  private Ended start(Path home) throws IOException, InterruptedException {
    return sh(jdk() + home + "/midifleet analyze -x");
  }

  /** A JDK 25 that only says what it was started with. */
  private String jdk() throws IOException {
    Path jdk = temp.resolve("jdk");
    if (!Files.exists(jdk)) {
      Files.createDirectories(jdk.resolve("bin"));
      Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
      executable(jdk.resolve("bin/javac"), "exit 0");
      executable(jdk.resolve("bin/java"), "echo \"$@\" | sed 's/.*midifleet.jar/started/'; echo \"flags: $*\"");
    }
    return "MIDIFLEET_JAVA_HOME=" + jdk + " ";
  }

  private Path repository() throws IOException {
    Path home = Files.createDirectory(temp.resolve("repository"));
    Files.createDirectory(home.resolve(".mvn"));
    for (String file : List.of("midifleet", ".mvn/find-jdk.sh", ".mvn/jvm.flags")) {
      Files.copy(ROOT.resolve(file), home.resolve(file));
    }
    Files.setPosixFilePermissions(home.resolve("midifleet"), PosixFilePermissions.fromString("rwxr-xr-x"));
    executable(home.resolve("mvnw"), "echo built >>builds; echo jar >cli/target/midifleet.jar");
    Files.writeString(home.resolve("pom.xml"), "");
    List<Path> made = new ArrayList<>(List.of(home.resolve("pom.xml")));
    for (String module : List.of("common", "embedded", "producer", "worker", "cli")) {
      made.add(Files.createDirectories(home.resolve(module).resolve("src/main")));
      made.add(Files.writeString(home.resolve(module).resolve("pom.xml"), ""));
    }
    made.add(1, Files.writeString(home.resolve("common/src/main/A.java"), ""));
    for (Path path : made) {
      Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(60)));
    }
    return home;
  }

  private static long builds(Path home) throws IOException { return Files.readAllLines(home.resolve("builds")).size(); }

  private static void executable(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Ended sh(String script) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out);
  }
}
