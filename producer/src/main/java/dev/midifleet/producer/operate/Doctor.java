package dev.midifleet.producer.operate;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.SchemaVersion;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.queue.BrokerReport;
import dev.midifleet.producer.operate.DoctorRows.Open;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at everything that a fleet needs, and says of each thing that is wrong what to do. It changes nothing. Where the
 * database or the broker is away, that is one finding, and the rest is looked at all the same.
 */
public final class Doctor {
  private static final String MEND_QUEUE = "let the workers empty it, delete it, then `midifleet init` and"
      + " `midifleet reconcile`";

  private static final Pattern KNOWN = Pattern.compile("3\\.1\\d\\..*|4\\..*");

  private final Settings settings;
  private final DoctorRows rows;
  private final String version;
  private final int analyzerVersion;
  private final List<Finding> findings = new ArrayList<>();
  private boolean hasWorkers;

  /**
   * @param version
   *          of this program, as its workers write it into their rows
   * @param analyzerVersion
   *          of this program
   */
  public Doctor(Settings settings, Database database, String version, int analyzerVersion) {
    this.settings = settings;
    this.rows = new DoctorRows(database, settings);
    this.version = version;
    this.analyzerVersion = analyzerVersion;
  }

  /**
   * Looks at all of it.
   *
   * @param hasBroker
   *          whether there should be one; the rows of {@code midifleet run} have none
   */
  public List<Finding> examine(boolean hasBroker) {
    findings.add(Finding.fine("settings", given()));
    boolean isThere = isDatabaseThere() && isSchemaThere();
    BrokerReport broker = hasBroker ? broker() : null;
    if (isThere) {
      look("role", () -> List.of(rows.rights()));
      look("connections", () -> List.of(rows.connections()));
      look("clock", () -> List.of(rows.clock()));
      look("batches", () -> batches(rows.open(), broker));
      look("messages", () -> List.of(rows.unreadable()));
      look("workers", () -> workers(hasBroker));
      look("runs", () -> rows.stuck(hasWorkers));
      look("libraries", rows::libraries);
    }
    return List.copyOf(findings);
  }

  /** What was given, by name and value; of what may hold a password only the name. */
  private String given() {
    List<String> given = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      if (!settings.isGiven(setting)) continue;
      given.add(setting.variable() + switch (setting) {
        case DATABASE_PASSWORD, AMQP_PASSWORD -> " (not shown)";
        case AMQP_URI -> " (below, as RabbitMQ)";
        default -> "=" + settings.text(setting);
      });
    }
    return given.isEmpty() ? "all by default" : String.join(" ", given);
  }

  private boolean isDatabaseThere() {
    String where = settings.text(Setting.DATABASE_URL);
    try {
      findings.add(rows.encoding());
      findings.add(Finding.fine("database", where + " is version " + rows.serverVersion()));
      return true;
    } catch (DatabaseException e) {
      findings.add(Finding.wrong("database", where + ": " + reason(e), e.isRefusedAtTheDoor()
          ? "check MIDIFLEET_DATABASE_URL, MIDIFLEET_DATABASE_USER and MIDIFLEET_DATABASE_PASSWORD_FILE"
          : "start it, or name another by MIDIFLEET_DATABASE_URL"));
      return false;
    }
  }

  private boolean isSchemaThere() {
    try {
      SchemaVersion schema = SchemaVersion.of(settings);
      String text = "version " + schema.applied() + ", this program knows " + schema.known();
      if (schema.applied() < schema.known()) {
        findings.add(Finding.wrong("schema", text, "run `midifleet init` as the owner"));
      } else if (schema.applied() > schema.known()) {
        findings.add(Finding.wrong("schema", text, "this program is older than the tables: bring it to their version"));
      } else {
        findings.add(Finding.fine("schema", text));
      }
      return schema.applied() > 0;
    } catch (DatabaseException e) {
      findings.add(Finding.wrong("schema", reason(e),
          "as the owner: `midifleet init --reader-role " + settings.text(Setting.DATABASE_USER)
              + "`, or --worker-role"));
      return true;
    }
  }

  private BrokerReport broker() {
    BrokerReport report = BrokerReport.of(settings);
    String where = "RabbitMQ at " + report.where();
    String problem = report.problem();
    if (problem != null) {
      findings.add(Finding.wrong("broker", where + ": " + problem,
          "start it, or check MIDIFLEET_AMQP_URI, MIDIFLEET_AMQP_USER and MIDIFLEET_AMQP_PASSWORD_FILE"));
      return report;
    }
    String brokerVersion = String.valueOf(report.version());
    String text = where + " is version " + brokerVersion;
    findings.add(isKnown(brokerVersion)
        ? Finding.fine("broker", text)
        : Finding.wrong("broker", text, "use 3.10 to 4.x: 3.10 and 4.0 were tried"));
    queue(report.work());
    queue(report.dead());
    BrokerReport.Queue dead = report.dead();
    if (dead != null && dead.messages() > 0) {
      findings.add(Finding.wrong("queues",
          dead.name() + " holds " + dead.messages() + " messages that the broker gave up",
          "workers drain it into rows within a minute: start one; if they stay, `midifleet reconcile` publishes their"
              + " batches again"));
    }
    return report;
  }

  private void queue(BrokerReport.@Nullable Queue queue) {
    if (queue == null) return;
    String problem = queue.problem();
    if (problem == null) {
      findings.add(Finding.fine("queues",
          queue.name() + ": " + queue.messages() + " messages ready, " + queue.consumers() + " consumers"));
    } else {
      findings.add(Finding.wrong("queues", queue.name() + ": " + problem,
          queue.messages() < 0 ? "run `midifleet init`, then `midifleet reconcile`" : MEND_QUEUE));
    }
  }

  /** What workers hold is not among the messages that are ready. */
  private List<Finding> batches(Open open, @Nullable BrokerReport broker) {
    List<Finding> found = new ArrayList<>();
    String text = open.published() + " published and open, " + open.suspects() + " suspects";
    BrokerReport.Queue work = broker == null ? null : broker.work();
    long held = work == null || work.consumers() == 0 ? 0 : open.held();
    if (work != null && work.messages() >= 0 && work.messages() + held < open.published()) {
      found.add(Finding.wrong("batches", text + ", but RabbitMQ and workers have at most " + (work.messages() + held),
          "the broker lost them: `midifleet reconcile`"));
    } else {
      boolean hasMore = work != null && work.messages() > open.published();
      found.add(Finding.fine("batches", text + (hasMore ? "; old copies in RabbitMQ are harmless" : "")));
    }
    if (open.late() > 0 && broker != null) {
      found.add(Finding.wrong("batches", open.late() + " are due for more than a minute and not published",
          "the relays of workers publish them: start one, or see what RabbitMQ says"));
    }
    return found;
  }

  private List<Finding> workers(boolean hasBroker) {
    DoctorRows.Workers workers = rows.workers(version, analyzerVersion);
    List<Finding> found = new ArrayList<>(workers.findings());
    hasWorkers = workers.areAny();
    if (!hasWorkers) {
      Open open = rows.open();
      long batches = open.published() + open.late() + open.suspects();
      found.add(batches > 0 && hasBroker
          ? Finding.wrong("workers", "none is alive, and " + batches + " batches wait for one",
              "start `midifleet worker`")
          : Finding.fine("workers", "none is alive" + (batches > 0 ? "" : ", and nothing waits for one")));
    }
    return found;
  }

  private void look(String check, Supplier<List<Finding>> look) {
    try {
      findings.addAll(look.get());
    } catch (DatabaseException e) {
      findings.add(Finding.wrong(check, "cannot be looked at: " + reason(e), adviceFor(e)));
    }
  }

  private String adviceFor(DatabaseException e) {
    if (e.isWithoutSchema()) return "run `midifleet init` as the owner";
    return e.isForbidden()
        ? "let the owner run `midifleet init --reader-role " + settings.text(Setting.DATABASE_USER) + "`"
        : "try again once the database answers";
  }

  private static boolean isKnown(String version) { return KNOWN.matcher(version).matches(); }

  private static String reason(DatabaseException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
