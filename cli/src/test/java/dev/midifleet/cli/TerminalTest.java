package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
  @Test
  void colours_are_for_terminals_that_have_them_and_people_who_do_not_refuse_them() {
    assertThat(Terminal.hasColor(Map.of("TERM", "xterm"))).isTrue();
    assertThat(Terminal.hasColor(Map.of("TERM", "xterm", "NO_COLOR", ""))).isTrue();
    assertThat(Terminal.hasColor(Map.of("TERM", "xterm", "NO_COLOR", "1"))).isFalse();
    assertThat(Terminal.hasColor(Map.of("TERM", "dumb"))).isFalse();
    assertThat(Terminal.hasColor(Map.of())).isFalse();
  }
}
