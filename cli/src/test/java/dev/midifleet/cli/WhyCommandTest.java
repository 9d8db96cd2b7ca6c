package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.producer.operate.WhyReport;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhyCommandTest {
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05.678Z");

  @Test
  void each_failed_try_says_on_which_host_it_was_where_that_is_known() {
    var there = new WhyReport.Failure(7, "MISSING", "there is no such file", null, "host\n1", THEN);
    var forgotten = new WhyReport.Failure(8, "CHANGED_WHILE_READ", "it was written to", 14L, null, THEN);

    String text = WhyCommand.text(new WhyReport(1, "main", "a.mid", "queued", null, 10, THEN, null, List.of(),
        List.of(there, forgotten), null, "it waits"));

    assertThat(text).contains("failed   in batch 7 on " + Printable.of("host\n1")
        + ", 2026-01-02T03:04:05Z: MISSING: there is no such file\n"
        + "failed   in batch 8, 2026-01-02T03:04:05Z: CHANGED_WHILE_READ at byte 14: it was written to\n");
  }
}
