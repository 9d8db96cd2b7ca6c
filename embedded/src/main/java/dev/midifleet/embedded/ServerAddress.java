package dev.midifleet.embedded;

/**
 * How to reach a running embedded PostgreSQL: by TCP on 127.0.0.1, with a password, so that other users of this machine
 * cannot.
 *
 * @param port
 *          another one at each start
 * @param user
 *          the owner of the database, a superuser of this server
 * @param password
 *          made when the data folder was, and kept there
 */
public record ServerAddress(int port, String user, String password) {

  /** The one database of this server, as a JDBC URL without user and password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + EmbeddedPostgres.DATABASE;
  }

  /** Leaves the password out. */
  @Override
  public String toString() { return user + "@127.0.0.1:" + port; }
}
