package dev.midifleet.cli.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.config.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads the repository itself. A longer file or method states its reason in a comment that begins with {@code Long:}. */
class TidyTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int FILE_LINES_MAX = 400;
  private static final int METHOD_LINES_MAX = 70;
  private static final int LINE_LENGTH_MAX = 130;
  private static final long FILE_BYTES_MAX = 1 << 20;
  // In two parts, so that this file does not hold what it looks for.
  private static final Pattern MARKER = Pattern
      .compile("TO" + "DO|FIX" + "ME|\\bXX" + "X\\b|HA" + "CK|@Dis" + "abled|assume" + "T(rue|hat)");
  private static final Pattern METHOD = Pattern
      .compile("^  (?! )[^=;/*@}]*\\([^;]*\\{\\s*$|^    (public|private|protected|static|void) [^=;]*\\([^;]*\\{\\s*$");

  @Test
  void files_are_short() throws IOException {
    List<String> long_ = new ArrayList<>();
    for (Path file : sources(".java", ".sh")) {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() > FILE_LINES_MAX && lines.stream().noneMatch(line -> line.contains("Long:"))) {
        long_.add(ROOT.relativize(file) + ": " + lines.size() + " lines");
      }
    }
    assertThat(long_).isEmpty();
  }

  @Test
  void methods_are_short() throws IOException {
    List<String> long_ = new ArrayList<>();
    for (Path file : sources(".java")) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (METHOD.matcher(lines.get(i)).find()
            && !lines.get(i).matches("^\\s+((class|interface|record|enum|static class) |[A-Z][A-Z_0-9]*\\().*")) {
          int end = endOfBlock(lines, i);
          boolean hasReason = lines.subList(i, end).stream().anyMatch(line -> line.contains("Long:"));
          if (end - i > METHOD_LINES_MAX && !isType(lines.get(i)) && !hasReason) {
            long_.add(ROOT.relativize(file) + ":" + (i + 1) + ": " + (end - i) + " lines");
          }
        }
      }
    }
    assertThat(long_).isEmpty();
  }

  @Test
  void lines_fit_and_no_marker_is_left() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources(".java", ".sh", ".sql", ".yaml", ".xml")) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        String place = ROOT.relativize(file) + ":" + (i + 1);
        if (MARKER.matcher(lines.get(i)).find()) {
          found.add(place + ": " + lines.get(i).strip());
        }
        if (file.toString().endsWith(".java") && lines.get(i).length() > LINE_LENGTH_MAX
            && !lines.get(i).contains("\"")) {
          found.add(place + ": " + lines.get(i).length() + " characters");
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void no_large_file_is_kept() throws IOException {
    List<String> large = new ArrayList<>();
    for (Path file : sources("")) {
      if (Files.size(file) > FILE_BYTES_MAX) {
        large.add(ROOT.relativize(file) + ": " + Files.size(file) + " bytes");
      }
    }
    assertThat(large).isEmpty();
  }

  @Test
  void every_package_says_what_it_is() throws IOException {
    List<String> silent = new ArrayList<>();
    for (Path file : sources(".java")) {
      Path folder = file.getParent();
      if (folder != null && !Files.exists(folder.resolve("package-info.java"))) {
        silent.add(ROOT.relativize(folder).toString());
      }
    }
    assertThat(silent.stream().distinct()).isEmpty();
  }

  @Test
  void readme_has_every_setting_with_its_default_and_every_folder() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    for (Setting setting : Setting.values()) {
      String value = setting.defaultValue().isEmpty() ? "" : "`" + setting.defaultValue() + "`";
      assertThat(readme).contains("| `" + setting.variable() + "` | " + value + " |");
    }
    try (Stream<Path> folders = Files.list(ROOT)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        String name = folder.getFileName().toString();
        if (!name.startsWith(".") && !name.equals("target")) {
          assertThat(readme).contains("`" + name + "/`");
        }
      }
    }
  }

  @Test
  void jvm_flags_stand_in_one_place() throws IOException {
    String flags = String.join(" ", Files.readAllLines(ROOT.resolve(".mvn/jvm.flags")));
    assertThat(Files.readString(ROOT.resolve("pom.xml"))).contains("<jvm.flags>" + flags + "</jvm.flags>");
    for (Path file : sources(".sh", ".yaml", "Dockerfile", "midifleet", "run", "jmh")) {
      assertThat(Files.readString(file)).as(file.toString()).doesNotContain("UseCompactObjectHeaders");
    }
  }

  private static boolean isType(String line) { return line.matches(".*\\b(class|interface|record|enum)\\b.*"); }

  private static int endOfBlock(List<String> lines, int start) {
    String indent = lines.get(start).replaceAll("\\S.*", "");
    for (int i = start + 1; i < lines.size(); i++) {
      if (lines.get(i).equals(indent + "}")) return i;
    }
    return start;
  }

  private static List<Path> sources(String... endings) throws IOException {
    var git = new ProcessBuilder("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
        "--exclude-standard")
        .directory(ROOT.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<Path> files = new ArrayList<>();
    for (String name : names.split("\0", -1)) {
      Path file = ROOT.resolve(name);
      if (!name.isEmpty() && Stream.of(endings).anyMatch(name::endsWith) && Files.isRegularFile(file)) {
        files.add(file);
      }
    }
    assertThat(files).as("files that git knows").isNotEmpty();
    return files;
  }
}
