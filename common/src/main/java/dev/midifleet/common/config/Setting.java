package dev.midifleet.common.config;

/**
 * Every setting and every bound of midifleet, in one table. The environment variable of a setting is {@code MIDIFLEET_}
 * and its name; a value may also stand in a file that {@code MIDIFLEET_<NAME>_FILE} names, as container secrets do. A
 * command's flag overrides both.
 *
 * <p>To add one: add the constant here and a row in the README's table (the tidy test compares them).
 */
public enum Setting {
  DATABASE_URL("jdbc:postgresql://127.0.0.1:5432/midifleet", "PostgreSQL, as a JDBC URL"),
  DATABASE_USER("midifleet", "its role"),
  DATABASE_PASSWORD("", Kind.PASSWORD, "its password; better as MIDIFLEET_DATABASE_PASSWORD_FILE"),
  DATABASE_CONNECTIONS(2, 1, 64, "connections a process may hold"),
  DATABASE_TIMEOUT("5m", Time.SECOND, Time.DAY, Kind.DURATION,
      "how long PostgreSQL may leave a statement unanswered before the connection counts as lost; a worker: 1m"),
  AMQP_URI("amqp://guest:guest@127.0.0.1:5672/",
      "RabbitMQ, as an AMQP URI, virtual host included; the hosts of a cluster as a:5672,b:5672"),
  AMQP_USER("", "user, where the URI names none"),
  AMQP_PASSWORD("", Kind.PASSWORD, "its password; better as MIDIFLEET_AMQP_PASSWORD_FILE"),
  QUEUE_PREFIX("midifleet", "first part of the queues' names: <prefix>.work and <prefix>.dead"),
  SLOTS(4, 1, 64, "batches in flight in a worker; the prefetch is one more"),
  THREADS(0, 0, 1024, "platform threads that parse and analyse; 0: one a core"),
  READERS(2, 1, 1024, "platform threads that read: so many files are asked for at once"),
  READ_AHEAD(64, 0, 500, "while reading waits for a disk, so many files are asked for before they are read; 0: none"),
  READ("auto", "how a file is read: map, buffer or auto"),
  MAP_MIN_BYTES(Bytes.MIB * 8, Bytes.KIB, Bytes.GIB, "from this size on `auto` maps a file"),
  BATCH_FILES(500, 1, 500, "files in a batch, at most"),
  BATCH_BYTES(16 * Bytes.MIB, Bytes.MIB, 256 * Bytes.MIB,
      "bytes in a batch, at most; a larger file is alone in its batch"),
  ALONE_BYTES(8 * Bytes.MIB, Bytes.KIB, 256 * Bytes.MIB, "a file above this size is alone in its batch"),
  FILE_BYTES_MAX(128 * Bytes.MIB, Bytes.KIB, Bytes.GIB, "a larger file is TOO_LARGE"),
  FILE_NOTES_MAX(10_000_000, 1_000, 100_000_000, "a file with more notes is TOO_LARGE"),
  TEXT_CHARS_MAX(4_096, 64, 65_536, "characters kept of a title, of lyrics and the like"),
  RETRY_DELAYS("10s,1m,10m", Time.NONE, 7 * Time.DAY, Kind.DURATIONS,
      "when a file that was missing, unreadable or changing is tried again; empty: never"),
  FILE_TIMEOUT("60s", Time.SECOND, Time.HOUR, Kind.DURATION,
      "a file whose parse and analysis take longer hangs: its worker ends, and it is tried alone"),
  LINKS("inside", "links to files: `inside` refuses those that lead out of their library, `anywhere` follows them"),
  CONFIRM_WINDOW(500, 1, 10_000, "messages published before their confirms are awaited"),
  CONFIRM_TIMEOUT("30s", Time.SECOND, Time.HOUR, Kind.DURATION, "how long a confirm may take"),
  RELAY_INTERVAL("1s", 10, Time.HOUR, Kind.DURATION, "how often a process looks for batches that are due"),
  /** A worker that was not seen for 30 s is shown as gone. */
  HEARTBEAT_INTERVAL("10s", Time.SECOND, 20 * Time.SECOND, Kind.DURATION, "how often a worker writes that it lives"),
  GIVE_UP_AFTER("0s", Time.NONE, 36_500 * Time.DAY, Kind.DURATION,
      "how long a worker waits for a database or a broker that is away before it ends; 0s: for ever"),
  HEALTH("", "HOST:PORT where a worker answers GET /health; empty: nowhere"),
  DRAIN_TIMEOUT("60s", Time.NONE, Time.DAY, Kind.DURATION,
      "how long a stopping worker may take for the batches it holds");

  /** Units of size. */
  static final class Bytes {
    static final long KIB = 1024;
    static final long MIB = 1024 * KIB;
    static final long GIB = 1024 * MIB;

    private Bytes() {}
  }

  /** Units of time, in milliseconds. */
  static final class Time {
    static final long NONE = 0;
    static final long SECOND = 1_000;
    static final long HOUR = 3_600 * SECOND;
    static final long DAY = 24 * HOUR;

    private Time() {}
  }

  /** What a value must look like. */
  enum Kind {
    TEXT,
    /** Kept to the last blank, and in no message. */
    PASSWORD,
    /** A count, or a size in bytes. */
    NUMBER,
    /** Bounded in milliseconds. */
    DURATION,
    /** Durations parted by commas, each bounded in milliseconds; may be empty. */
    DURATIONS
  }

  private final String defaultValue;
  private final long min;
  private final long max;
  private final Kind kind;
  private final String description;

  Setting(String defaultValue, String description) { this(defaultValue, Kind.TEXT, description); }

  Setting(long defaultValue, long min, long max, String description) {
    this(Long.toString(defaultValue), min, max, Kind.NUMBER, description);
  }

  Setting(String defaultValue, Kind kind, String description) {
    this(defaultValue, Long.MIN_VALUE, Long.MAX_VALUE, kind, description);
  }

  Setting(String defaultValue, long min, long max, Kind kind, String description) {
    this.defaultValue = defaultValue;
    this.min = min;
    this.max = max;
    this.kind = kind;
    this.description = description;
  }

  /** The environment variable that sets it. */
  public String variable() { return "MIDIFLEET_" + name(); }

  public String defaultValue() { return defaultValue; }

  public String description() { return description; }

  Kind kind() { return kind; }

  long min() { return min; }

  long max() { return max; }
}
