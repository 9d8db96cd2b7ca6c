package dev.midifleet.testkit;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides where the tests' broker comes from. */
final class BrokerChoice {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerChoice.class);

  private static @Nullable TestBroker shared;
  private static @Nullable String sharedFailure;

  /** The ways to a broker, in the order in which they are tried. */
  enum Way {
    ENVIRONMENT("MIDIFLEET_TEST_AMQP_URI names a broker"),
    DOCKER(
        "Docker answers and has, or may pull, the image"),
    INSTALLED(
        "RabbitMQ is installed"),
    UNPACKED("packages of Debian or Ubuntu can be fetched and unpacked");

    private final String condition;

    Way(String condition) { this.condition = condition; }
  }

  private BrokerChoice() {}

  static synchronized TestBroker shared() {
    if (sharedFailure != null) throw new IllegalStateException(sharedFailure);
    if (shared == null) {
      try {
        shared = choose(List.of(Way.values()));
      } catch (IllegalStateException e) {
        sharedFailure = String.valueOf(e.getMessage());
        throw e;
      }
    }
    return shared;
  }

  static PrivateBroker startPrivate() {
    return (PrivateBroker) choose(List.of(Way.DOCKER, Way.INSTALLED, Way.UNPACKED));
  }

  private static TestBroker choose(List<Way> ways) {
    String only = System.getenv("MIDIFLEET_TEST_BROKER");
    List<String> refusals = new ArrayList<>();
    for (Way way : Way.values()) {
      String name = way.name().toLowerCase(Locale.ROOT);
      String refusal;
      if (only != null && !only.isBlank() && !only.equals(name)) {
        refusal = "not allowed by MIDIFLEET_TEST_BROKER=" + only;
      } else if (!ways.contains(way)) {
        refusal = "cannot give a broker that a test may stop";
      } else {
        try {
          TestBroker broker = attempt(way);
          if (broker != null) {
            LOG.info("the tests' broker: {} ({})", name, way.condition);
            return broker;
          }
          refusal = "no";
        } catch (IOException | RuntimeException e) {
          // Whoever names a broker wants that one.
          if (way == Way.ENVIRONMENT) throw new IllegalStateException(String.valueOf(e.getMessage()), e);
          LOG.warn("the tests' broker: {} failed", name, e);
          refusal = String.valueOf(e.getMessage());
        }
      }
      refusals.add("  " + name + ": when " + way.condition + " - " + refusal);
    }
    throw new IllegalStateException(
        "these tests need a real RabbitMQ, and none of the four ways to one works:\n" + String.join("\n", refusals));
  }

  private static @Nullable TestBroker attempt(Way way) throws IOException {
    return switch (way) {
      case ENVIRONMENT -> fromEnvironment();
      case DOCKER -> RabbitContainer.isPossible() ? RabbitContainer.launch() : null;
      case INSTALLED -> {
        var installation = RabbitInstallation.installed();
        yield installation.isPresent() ? RabbitNode.start(installation.get()) : null;
      }
      case UNPACKED -> UnpackedRabbit.isPossible()
          ? RabbitNode.start(new UnpackedRabbit(CacheFolder.find().resolve("rabbitmq")).get())
          : null;
    };
  }

  private static @Nullable TestBroker fromEnvironment() {
    String uri = System.getenv("MIDIFLEET_TEST_AMQP_URI");
    if (uri == null || uri.isBlank()) return null;
    URI amqp = URI.create(uri);
    String http = System.getenv("MIDIFLEET_TEST_AMQP_MANAGEMENT");
    URI management = URI.create(http == null || http.isBlank() ? "http://" + amqp.getHost() + ":15672" : http);
    var broker = new ManagedBroker(new RabbitManagement(amqp, management));
    if (!broker.management().isReady()) {
      throw new IllegalStateException("the broker at " + amqp.getHost() + " or its management API at " + management
          + " does not answer (or refuses the user)");
    }
    return broker;
  }
}
