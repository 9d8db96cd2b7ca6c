package dev.midifleet.cli;

import dev.midifleet.common.catalog.DatabaseException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Supplier;

/** Looks at the rows for somebody who waits: a database that is away for a while does not end the waiting. */
final class Patiently {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private Patiently() {}

  /**
   * Looks until there is an answer; says once that there is none, and once that there is again.
   *
   * @throws DatabaseException
   *           for a failure that waiting does not mend
   */
  static <T> T look(Supplier<T> look, PrintWriter err) throws InterruptedException {
    boolean away = false;
    while (true) {
      try {
        T answer = look.get();
        if (away) {
          err.println("midifleet: the database answers again");
        }
        return answer;
      } catch (DatabaseException e) {
        if (!e.isTransient()) throw e;
        if (!away) {
          err.println("midifleet: the database does not answer (" + DatabaseProblem.reason(e) + "); still trying");
        }
        away = true;
      }
      Thread.sleep(PAUSE);
    }
  }
}
