package dev.midifleet.testkit;

/**
 * A real PostgreSQL for tests. Which one is decided once a JVM and logged, in this order:
 *
 * <ol>
 * <li>{@code MIDIFLEET_TEST_DATABASE_URL} names one as a JDBC URL, {@code MIDIFLEET_TEST_DATABASE_USER} and
 * {@code _PASSWORD} a role that may create databases;</li>
 * <li>Docker answers: a container of {@code MIDIFLEET_TEST_POSTGRES_IMAGE} (default {@code postgres:17}), which is
 * never pulled when {@code MIDIFLEET_TEST_NEVER_PULL} is {@code true};</li>
 * <li>the embedded PostgreSQL, on a temporary folder.</li>
 * </ol>
 *
 * <p>All of them are durable, as in production. {@code MIDIFLEET_TEST_DATABASE} = {@code environment}, {@code docker}
 * or {@code embedded} allows only that way. Where no way works, the tests fail with a message that names the three.
 */
public interface TestDatabase {

  /**
   * How to reach a database.
   *
   * @param jdbcUrl
   *          without user and password
   */
  record Credentials(String jdbcUrl, String user, String password) {

    Credentials withDatabase(String name) {
      int query = jdbcUrl.indexOf('?');
      String before = query < 0 ? jdbcUrl : jdbcUrl.substring(0, query);
      return new Credentials(
          before.substring(0, before.lastIndexOf('/') + 1) + name + (query < 0 ? "" : jdbcUrl.substring(query)), user,
          password);
    }
  }

  /**
   * The server that all tests of this JVM share; started at the first call, stopped when the JVM ends, however it ends.
   *
   * @throws IllegalStateException
   *           when there is none to be had
   */
  static TestDatabase shared() { return DatabaseChoice.shared(); }

  /** A new and empty database, owned by its user. One a test class is enough. */
  Credentials newDatabase();
}
