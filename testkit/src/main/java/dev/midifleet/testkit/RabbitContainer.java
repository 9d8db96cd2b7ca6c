package dev.midifleet.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.testcontainers.rabbitmq.RabbitMQContainer;
import org.testcontainers.utility.DockerImageName;

/** A RabbitMQ in a container of its own, on fixed ports so that it may be stopped and started. */
final class RabbitContainer extends ControlledBroker {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final RabbitMQContainer container;

  private RabbitContainer(RabbitMQContainer container, RabbitManagement management) {
    super(management);
    this.container = container;
  }

  private static DockerImage image() {
    String image = System.getenv("MIDIFLEET_TEST_RABBITMQ_IMAGE");
    return new DockerImage(image == null || image.isBlank() ? "rabbitmq:4-management" : image);
  }

  /** Whether Docker answers, and has the image or may pull it. */
  static boolean isPossible() {
    return image().isUsable();
  }

  /**
   * Starts a container and waits until it takes connections.
   *
   * @throws RuntimeException
   *           of Testcontainers, when it does not
   */
  static RabbitContainer launch() throws IOException {
    int amqp = freePort();
    int http = freePort();
    // The container belongs to the broker that is returned, and is closed with it.
    @SuppressWarnings("resource")
    RabbitMQContainer container = new RabbitMQContainer(
        DockerImageName.parse(image().name()).asCompatibleSubstituteFor("rabbitmq"))
        .withImagePullPolicy(name -> image().mayBePulled());
    container.setPortBindings(List.of(amqp + ":5672", http + ":15672"));
    container.start();
    // Testcontainers' own cleaner may be turned off.
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("testkit-end").unstarted(container::stop));
    String host = container.getHost();
    var broker = new RabbitContainer(container,
        new RabbitManagement(
            URI.create(
                "amqp://" + container.getAdminUsername() + ":" + container.getAdminPassword() + "@" + host + ":"
                    + amqp),
            URI.create("http://" + host + ":" + http)));
    broker.awaitReady();
    return broker;
  }

  @Override
  public synchronized void stop() {
    if (isRunning()) {
      container.getDockerClient().stopContainerCmd(container.getContainerId()).withTimeout(60).exec();
    }
  }

  @Override
  public synchronized void kill() {
    if (isRunning()) {
      container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
    }
  }

  @Override
  public synchronized void start() {
    if (!isRunning()) {
      container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
    }
    awaitReady();
  }

  private void awaitReady() {
    long limit = System.nanoTime() + START_LIMIT.toNanos();
    while (!management().isReady()) {
      if (System.nanoTime() > limit) {
        throw new IllegalStateException("RabbitMQ's container was not ready after " + START_LIMIT.toSeconds()
            + " s; its log ends:\n" + container.getLogs());
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  @Override
  public synchronized void deleteData() {
    control("stop_app");
    control("force_reset");
    control("start_app");
    String[] user = management().amqp().getUserInfo().split(":", 2);
    if (!isKnown(user[0])) {
      control("add_user", user[0], user[1]);
      control("set_user_tags", user[0], "administrator");
    }
    awaitReady();
    makeVhosts();
  }

  private boolean isKnown(String user) {
    return control("list_users", "--silent").lines().anyMatch(line -> line.startsWith(user));
  }

  @Override
  String control(String... words) {
    try {
      var command = new ArrayList<>(List.of("rabbitmqctl"));
      command.addAll(List.of(words));
      var result = container.execInContainer(command.toArray(String[]::new));
      if (result.getExitCode() != 0) throw new IllegalStateException(result.getStdout() + result.getStderr());
      return result.getStdout();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() { container.stop(); }

  private boolean isRunning() {
    return Boolean.TRUE.equals(container.getCurrentContainerInfo().getState().getRunning());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
