package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonTextTest {

  /** The column would take it, and every query of the view that meets the row would fail. */
  @Test
  void what_jsonb_cannot_hold_does_not_get_into_a_string() {
    assertThat(new JsonText().string("a\0b\tc\"").text()).isEqualTo("\"a\uFFFDb\\u0009c\\\"\"");
  }
}
