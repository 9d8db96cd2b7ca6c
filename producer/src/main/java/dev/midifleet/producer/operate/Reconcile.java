package dev.midifleet.producer.operate;

import dev.midifleet.common.catalog.Database;
import java.sql.PreparedStatement;

/**
 * Makes batches due again whose messages the broker may have lost. Safe at any time: a batch that is in the queue after all
 * is published twice, and the older message finds that there is a newer one.
 */
public final class Reconcile {
  private static final String DUE_AGAIN = """
      update batches set published_at = null, due_at = now()
      where committed_at is null and published_at is not null""";

  private final Database database;

  public Reconcile(Database database) { this.database = database; }

  /** Returns how many batches are due again. Retries that wait for their time still wait. */
  public int publishAgain() {
    return database.transaction(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(DUE_AGAIN)) {
        return statement.executeUpdate();
      }
    });
  }
}
