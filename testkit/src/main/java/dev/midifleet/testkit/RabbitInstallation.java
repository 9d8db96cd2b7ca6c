package dev.midifleet.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * RabbitMQ's programs, installed or only unpacked.
 *
 * @param server
 *          the start script itself; the wrapper on the path insists on root or the rabbitmq user
 * @param environment
 *          what its programs need to find Erlang and their libraries
 */
record RabbitInstallation(Path server, Map<String, String> environment) {

  /** The one that is installed on this machine. */
  static Optional<RabbitInstallation> installed() {
    if (!Commands.isOnPath("erl")) return Optional.empty();
    return serverScript(Path.of("/")).map(server -> new RabbitInstallation(server, Map.of()));
  }

  /** The start script in a file tree that packages were put into; the newest where there are several. */
  static Optional<Path> serverScript(Path root) {
    Path versions = root.resolve("usr/lib/rabbitmq/lib");
    if (!Files.isDirectory(versions)) return Optional.empty();
    try (var folders = Files.list(versions)) {
      return folders.filter(folder -> folder.getFileName().toString().startsWith("rabbitmq_server-"))
          .map(folder -> folder.resolve("sbin/rabbitmq-server")).filter(Files::isExecutable).sorted()
          .reduce((older, newer) -> newer);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
