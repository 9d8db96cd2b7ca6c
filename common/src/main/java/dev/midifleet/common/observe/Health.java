package dev.midifleet.common.observe;

import java.util.List;

/**
 * How a worker is.
 *
 * @param state
 *          as its row says it
 * @param problems
 *          what is wrong, for people; empty when all is well
 */
public record Health(String state, List<String> problems) {

  public Health {
    problems = List.copyOf(problems);
  }
}
