package dev.midifleet.common.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShutdownStackTest {
  private final List<String> stopped = new ArrayList<>();

  @Test
  void what_was_started_last_is_stopped_first_and_each_once() {
    var stack = new ShutdownStack();
    for (String name : List.of("one", "two", "three")) {
      stack.add(name, () -> stopped.add(name));
    }

    stack.close();
    stack.close();

    assertThat(stopped).containsExactly("three", "two", "one");
  }

  @Test
  void a_step_that_fails_keeps_no_other_from_being_stopped() {
    try (var stack = new ShutdownStack()) {
      stack.add("below", () -> stopped.add("below"));
      stack.add("broken", () -> {
        stopped.add("broken");
        throw new IllegalStateException("made for the test");
      });
      stack.add("above", () -> stopped.add("above"));
    }

    assertThat(stopped).containsExactly("above", "broken", "below");
  }

  @Test
  void what_is_added_is_given_back_and_what_is_added_while_it_stops_is_stopped_too() {
    var stack = new ShutdownStack();
    AutoCloseable late = () -> stopped.add("late");
    AutoCloseable first = stack.add("first", () -> assertThat(stack.add("late", late)).isSameAs(late));
    assertThat(first).isNotNull();

    stack.close();

    assertThat(stopped).containsExactly("late");
  }
}
