package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.Corpus;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.worker.analyze.ReadingCases.Case;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.Issue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * docs/reading.md says what the parser does. Its tables are written by this test where
 * {@code -Dmidifleet.docs=write} is set.
 */
class ReadingPageTest {
  private static final Path ROOT = Files.exists(Path.of("docs")) ? Path.of("") : Path.of("..");
  private static final Path PAGE = ROOT.resolve("docs/reading.md");
  private static final Path ISSUES = ROOT
      .resolve("worker/src/main/java/dev/midifleet/worker/score/Issue.java");

  @Test
  void each_case_is_read_as_the_page_says_and_sets_its_bits_and_no_other() throws FileFailure {
    FileAnalyzer analyzer = new FileAnalyzer(100, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
    Analysis analysis = new Analysis();
    Set<Issue> met = EnumSet.noneOf(Issue.class);
    for (Case each : ReadingCases.all()) {
      analyzer.analyze(NativeBytes.of(each.file()), 0, each.file().length, analysis);
      assertThat(Arrays.stream(Issue.values()).filter(issue -> issue.isIn(analysis.issueBits))).as(each.name())
          .containsExactlyInAnyOrderElementsOf(each.issues());
      assertThat(analysis.totalNotes).as(each.name()).isEqualTo(each.notes());
      met.addAll(each.issues());
    }
    assertThat(met).as("every bit has its case").containsExactlyInAnyOrder(Issue.values());
  }

  @Test
  void the_page_has_every_case_and_every_bit() throws IOException {
    String page = Files.readString(PAGE);
    String expected = page;
    expected = replaced(expected, "cases", cases());
    expected = replaced(expected, "bits", bits());
    if (System.getProperty("midifleet.docs", "").equals("write")) {
      Files.writeString(PAGE, expected);
    } else {
      assertThat(page).isEqualTo(expected);
    }
  }

  @Test
  void the_page_has_a_real_file_for_every_bit_that_the_corpus_has() throws IOException {
    String page = Files.readString(PAGE);
    if (Corpus.files().isEmpty()) {
      // On a machine without it the page is what it is.
      assertThat(page).contains("<!-- corpus -->");
      return;
    }
    String expected = replaced(page, "corpus", realFiles());
    if (System.getProperty("midifleet.docs", "").equals("write")) {
      Files.writeString(PAGE, expected);
    } else {
      assertThat(page).isEqualTo(expected);
    }
  }

  private static String realFiles() throws IOException {
    Map<Issue, List<String>> found = new EnumMap<>(Issue.class);
    FileAnalyzer analyzer = new FileAnalyzer(10_000_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
    for (Path path : Corpus.files()) {
      byte[] file = Files.readAllBytes(path);
      try {
        long bits = analyzer.parse(NativeBytes.of(file), 0, file.length).issues();
        for (Issue issue : Issue.values()) {
          if (issue.isIn(bits)) {
            found.computeIfAbsent(issue, _ -> new ArrayList<>()).add(Corpus.folder().relativize(path).toString());
          }
        }
      } catch (FileFailure _) {
        // ToleranceTest says of each whether it had to be.
      }
    }
    StringBuilder table = new StringBuilder("| bit | files | one of them |\n| --- | --- | --- |\n");
    for (Issue issue : Issue.values()) {
      List<String> files = found.getOrDefault(issue, List.of());
      table.append("| ").append(word(issue)).append(" | ").append(files.size()).append(" | ")
          .append(files.isEmpty() ? "none" : "`" + files.getFirst() + "`").append(" |\n");
    }
    return table.toString();
  }

  private static String replaced(String page, String name, String table) {
    String begin = "<!-- " + name + " -->\n";
    String end = "<!-- end of " + name + " -->";
    int from = page.indexOf(begin) + begin.length();
    return page.substring(0, from) + table + page.substring(page.indexOf(end, from));
  }

  private static String cases() {
    StringBuilder table = new StringBuilder("| what is met | what is read | issue bits |\n| --- | --- | --- |\n");
    for (Case each : ReadingCases.all()) {
      String bits = String.join(", ", each.issues().stream().map(ReadingPageTest::word).toList());
      table.append("| ").append(each.name()).append(" | ").append(each.salvaged()).append(" | ")
          .append(bits.isEmpty() ? "none" : bits).append(" |\n");
    }
    return table.toString();
  }

  private static String bits() throws IOException {
    String source = Files.readString(ISSUES);
    StringBuilder table = new StringBuilder("""
        | bit | value | name | status | what it means |
        | --- | --- | --- | --- | --- |
        """);
    for (Issue issue : Issue.values()) {
      Matcher doc = Pattern.compile("/\\*\\* ([^/]*?) \\*/\\s+" + issue.name() + "\\(").matcher(source);
      assertThat(doc.find()).as("Javadoc of " + issue).isTrue();
      String meaning = doc.group(1).replaceAll("\\s+\\* ", " ").replaceAll("\\{@code ([^}]*)}", "`$1`");
      table.append("| ").append(Long.numberOfTrailingZeros(issue.bit())).append(" | ").append(issue.bit())
          .append(" | ").append(word(issue)).append(" | ").append(issue.status().name().toLowerCase(Locale.ROOT))
          .append(" | ").append(meaning).append(" |\n");
    }
    return table.toString();
  }

  private static String word(Issue issue) { return issue.name().toLowerCase(Locale.ROOT); }
}
