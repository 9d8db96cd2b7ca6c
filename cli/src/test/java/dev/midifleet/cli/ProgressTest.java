package dev.midifleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(shown, true, UTF_8);
  private final AtomicLong clock = new AtomicLong(1_000_000);

  @Test
  void elsewhere_than_on_a_terminal_a_line_comes_every_few_seconds() {
    try (var progress = new Progress("analysing", err, false, true, 0, clock::get)) {
      for (int second = 1; second <= 11; second++) {
        pass(Duration.ofSeconds(1));
        progress.update(1_000L * second, 100_000, second > 7 ? 1 : 0);
      }
    }
    assertThat(text().lines()).containsExactly(
        "midifleet: analysing: 5,000 of 100,000 files (5 %), 1,000 files/s, ETA 1 min 35 s",
        "midifleet: analysing: 10,000 of 100,000 files (10 %), 1,000 files/s, 1 dead, ETA 1 min 30 s");
  }

  @Test
  void a_terminal_gets_a_bar_that_is_redrawn_ten_times_a_second_at_most() {
    try (var progress = new Progress("analysing", err, true, true, 100, clock::get)) {
      for (int i = 1; i <= 1_000; i++) {
        pass(Duration.ofMillis(1));
        progress.update(i, 2_000, 3);
      }
    }
    String[] drawn = text().split("\r\u001B\\[K", -1);
    assertThat(drawn).hasSize(1 + 10 + 1);
    assertThat(drawn[11]).startsWith("analysing  [")
        .endsWith("]   50 %  1,000/2,000 files  1,000 files/s  3 dead  ETA 1 s\n");
    assertThat(bar(drawn[11])).matches("(█+)(░+)").hasSizeBetween(8, 40);
    assertThat(bar(drawn[11]).indexOf('░')).isEqualTo(bar(drawn[11]).length() / 2);
  }

  @Test
  void the_bar_is_plain_ascii_where_asked_for() {
    try (var progress = new Progress("analysing", err, true, false, 90, clock::get)) {
      pass(Duration.ofSeconds(1));
      progress.update(1, 4, 0);
    }
    assertThat(text()).contains("[#").contains("-]").isASCII();
  }

  @Test
  void no_line_is_wider_than_the_terminal() {
    for (int width : new int[]{1, 10, 20, 40, 60, 80, 120, 200}) {
      shown.reset();
      try (var progress = new Progress("analysing", err, true, true, width, clock::get)) {
        pass(Duration.ofSeconds(1));
        progress.update(2_600_000, 5_800_000, 12_345);
      }
      assertThat(text().replace("\r\u001B[K", "\n").lines()).allMatch(line -> line.length() < width);
    }
  }

  @Test
  void what_is_done_at_once_shows_nothing_where_asked_for() {
    try (var progress = new Progress("analysing", err, true, true, 80, clock::get).quietFor(Duration.ofSeconds(2))) {
      pass(Duration.ofMillis(1_900));
      progress.update(3, Progress.UNKNOWN, 0);
    }
    assertThat(text()).isEmpty();
    try (var progress = new Progress("analysing", err, true, true, 80, clock::get).quietFor(Duration.ofSeconds(2))) {
      pass(Duration.ofSeconds(2));
      progress.update(4, Progress.UNKNOWN, 0);
      assertThat(text()).isEqualTo("\r\u001B[Kanalysing  4 files  2 files/s");
    }
    assertThat(text()).endsWith("2 files/s\n");
  }

  @Test
  void an_unknown_total_shows_what_is_known() {
    try (var progress = new Progress("scanning", err, true, true, 80, clock::get)) {
      pass(Duration.ofSeconds(2));
      progress.update(5_000, Progress.UNKNOWN, 0);
    }
    assertThat(text()).endsWith("scanning  5,000 files  2,500 files/s\n");
  }

  @Test
  void nothing_to_do_is_done() {
    try (var progress = new Progress("analysing", err, true, true, 80, clock::get)) {
      progress.update(0, 0, 0);
    }
    assertThat(text()).contains("100 %").contains("0/0 files").doesNotContain("ETA");
  }

  @Test
  void the_rate_follows_a_change_of_pace() {
    try (var progress = new Progress("analysing", err, true, true, 100, clock::get)) {
      long done = 0;
      for (int i = 0; i < 60; i++) {
        pass(Duration.ofSeconds(1));
        done += i < 30 ? 1_000 : 10;
        progress.update(done, 1_000_000, 0);
      }
    }
    String last = text().substring(text().lastIndexOf('\r'));
    assertThat(last).containsPattern(" 1\\d files/s");
  }

  @Test
  void a_slow_start_does_not_hold_the_rate_down() {
    try (var progress = new Progress("analysing", err, true, true, 100, clock::get)) {
      pass(Duration.ofSeconds(1));
      progress.update(1, 1_000_000, 0);
      for (int second = 1; second <= 3; second++) {
        pass(Duration.ofSeconds(1));
        progress.update(1 + 1_000L * second, 1_000_000, 0);
      }
    }
    assertThat(text().substring(text().lastIndexOf('\r'))).containsPattern(" (7[5-9]|8)\\d+ files/s");
  }

  @Test
  void durations_have_two_units_at_most() {
    assertThat(Progress.duration(59)).isEqualTo("59 s");
    assertThat(Progress.duration(3_599)).isEqualTo("59 min 59 s");
    assertThat(Progress.duration(7_500)).isEqualTo("2 h 5 min");
    assertThat(Progress.duration(90_000)).isEqualTo("1 d 1 h");
  }

  @Test
  void what_others_write_to_standard_error_stands_above_the_bar() {
    PrintStream before = System.err;
    System.setErr(err);
    try {
      try (var progress = new Progress("analysing", err, true, true, 80, clock::get)) {
        progress.guardSystemErr();
        pass(Duration.ofSeconds(1));
        progress.update(1, 2, 0);
        shown.reset();
        System.err.println("a line of the log");
        assertThat(text()).isEqualTo("\r\u001B[Ka line of the log\n");
        assertThat(System.err).isNotSameAs(err);
      }
      assertThat(System.err).isSameAs(err);
      shown.reset();
      System.err.println("after");
      assertThat(text()).isEqualTo("after\n");
    } finally {
      System.setErr(before);
    }
  }

  private static String bar(String line) { return line.substring(line.indexOf('[') + 1, line.indexOf(']')); }

  private void pass(Duration time) { clock.addAndGet(time.toNanos()); }

  private String text() { return shown.toString(UTF_8); }
}
