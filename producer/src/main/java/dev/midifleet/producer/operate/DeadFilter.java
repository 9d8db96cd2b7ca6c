package dev.midifleet.producer.operate;

import dev.midifleet.common.failure.FailureKind;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.Optional;

/**
 * Which dead letters are meant; those that meet all of it.
 *
 * @param path
 *          a glob over the stored path: {@code *} any characters but /, {@code **} any, {@code ?} one, {@code [a-z]}
 *          one of these; without a slash it is matched with the file's name alone
 * @param olderThan
 *          how long ago the last failure must be, at least
 * @param sample
 *          so many of those that meet the rest, at random; at least 1
 */
public record DeadFilter(Optional<FailureKind> kind, Optional<String> path, Optional<Duration> olderThan,
    Optional<Long> sample) {
  /** All of them. */
  public static final DeadFilter ALL = new DeadFilter(Optional.empty(), Optional.empty(), Optional.empty());

  /** Without a sample. */
  public DeadFilter(Optional<FailureKind> kind, Optional<String> path, Optional<Duration> olderThan) {
    this(kind, path, olderThan, Optional.empty());
  }

  /** The same, but only so many at random. */
  public DeadFilter sampled(long files) {
    return new DeadFilter(kind, path, olderThan, Optional.of(files));
  }

  static final int PARAMETERS = 3;

  /**
   * As a condition over {@code dead_files d} and {@code files f}, with {@value #PARAMETERS} parameters. A kind that is asked
   * for is compared with nothing but itself, so that its own index finds it.
   */
  public String condition() { return "f.status = 'dead' and " + ofLetter(); }

  /** {@link #condition} as far as it is known without the file, with the same parameters. */
  public String ofLetter() {
    return (kind.isPresent() ? "d.kind = ?" : "?::text is null") + " and "
        + (path.isPresent() ? "d.path ~ ?" : "?::text = ''")
        + " and d.last_failed_at <= now() - make_interval(secs => ?)";
  }

  /** Whether those that it meets may be few among many letters, and found by themselves through an index. */
  boolean mayBeRare() {
    return path.isPresent() || olderThan.isPresent();
  }

  /** Whether anything is asked for at all. */
  public boolean isAll() { return equals(ALL); }

  /** Sets the parameters of {@link #condition}, the first of them at {@code from}. */
  void set(PreparedStatement statement, int from) throws SQLException {
    if (kind.isPresent()) {
      statement.setString(from, kind.get().name());
    } else {
      statement.setNull(from, Types.VARCHAR);
    }
    statement.setString(from + 1, path.map(PathGlob::toRegex).orElse(""));
    statement.setDouble(from + 2, olderThan.orElse(Duration.ZERO).toMillis() / 1000.0);
  }
}
