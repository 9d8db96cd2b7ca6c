package dev.midifleet.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts of a network of their own on this machine: a network namespace each, joined to this one by a pair of virtual
 * cables, with an address at each end. This host is the middle of the star.
 *
 * <p>Needs Linux, iproute2, and the right to make namespaces (root with CAP_NET_ADMIN and CAP_SYS_ADMIN). The names hold
 * the process id of this JVM: what a JVM that was killed has left, the next one removes.
 */
public final class NetworkHosts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkHosts.class);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String PREFIX = "mft";
  private static final String NOBODY = "02:00:00:00:00:01";
  private static final Pattern NAME = Pattern.compile("(?m)^(?:\\d+: )?" + PREFIX + "(\\d+)-(\\d+)(?:[@: ].*)?$");

  private final long owner = ProcessHandle.current().pid();
  /** A net of 256 addresses in 198.18.0.0/15, which is set aside for tests of networks. */
  private final int net = ThreadLocalRandom.current().nextInt(512);
  private final int count;

  private NetworkHosts(int count) { this.count = count; }

  /**
   * Makes so many hosts, from 1 to 60.
   *
   * @throws IllegalStateException
   *           where this user may not, with what is needed
   */
  public static NetworkHosts make(int count) {
    removeLeftovers();
    var hosts = new NetworkHosts(count);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("testkit-end").unstarted(hosts::close));
    try {
      for (int i = 0; i < count; i++) {
        hosts.makeOne(i);
      }
    } catch (IOException e) {
      hosts.close();
      throw new IllegalStateException("network namespaces cannot be made: these tests need Linux, the program ip"
          + " (iproute2), and root with CAP_NET_ADMIN and CAP_SYS_ADMIN (a container: --privileged): "
          + e.getMessage(), e);
    }
    LOG.info("{} hosts in {}.*", count, prefix(hosts.net));
    return hosts;
  }

  /** This host's address in the network of another. */
  public InetAddress here(int host) {
    try {
      return InetAddress.getByName(address(host, 1));
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The words that start a program on a host, to be put before it. */
  public List<String> on(int host) {
    return List.of("ip", "netns", "exec", name(host));
  }

  /**
   * Loses all packets between here and a host, both ways; nobody is told. They go to a card that nobody has: unlike an
   * end of the cable that is down, that is no news to any program, and unlike tc it needs no module of the kernel.
   */
  public void partition(int host) {
    run("ip", "neigh", "replace", address(host, 2), "lladdr", NOBODY, "nud", "permanent", "dev", name(host));
    inside(host, "ip", "neigh", "replace", address(host, 1), "lladdr", NOBODY, "nud", "permanent", "dev", "eth0");
  }

  /** Ends the partition. */
  public void join(int host) {
    run("ip", "neigh", "del", address(host, 2), "dev", name(host));
    inside(host, "ip", "neigh", "del", address(host, 1), "dev", "eth0");
  }

  private void makeOne(int host) throws IOException {
    String name = name(host);
    call("ip", "netns", "add", name);
    call("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
    call("ip", "addr", "add", address(host, 1) + "/30", "dev", name);
    call("ip", "link", "set", name, "up");
    callInside(host, "ip", "addr", "add", address(host, 2) + "/30", "dev", "eth0");
    callInside(host, "ip", "link", "set", "eth0", "up");
    callInside(host, "ip", "link", "set", "lo", "up");
  }

  private void inside(int host, String... command) {
    try {
      callInside(host, command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void callInside(int host, String... command) throws IOException {
    List<String> words = new ArrayList<>(on(host));
    words.addAll(Arrays.asList(command));
    call(words.toArray(String[]::new));
  }

  private static void run(String... command) {
    try {
      call(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String call(String... command) throws IOException {
    return Commands.run(Path.of("/"), Map.of(), LIMIT, List.of(command));
  }

  private String name(int host) { return PREFIX + owner + "-" + host; }

  private String address(int host, int end) { return prefix(net) + "." + (4 * host + end); }

  private static String prefix(int net) { return "198." + (18 + net / 256) + "." + net % 256; }

  /** Removes all hosts; programs that still run there keep a network without cables. */
  @Override
  public void close() {
    for (int i = 0; i < count; i++) {
      remove(name(i));
    }
  }

  private static void remove(String name) {
    for (List<String> command : List.of(List.of("ip", "link", "del", name), List.of("ip", "netns", "del", name))) {
      try {
        call(command.toArray(String[]::new));
      } catch (IOException e) {
        LOG.debug("{} is not there: {}", name, e.getMessage());
      }
    }
  }

  private static void removeLeftovers() {
    try {
      for (String list : List.of(call("ip", "netns", "list"), call("ip", "-o", "link", "show", "type", "veth"))) {
        NAME.matcher(list).results().filter(found -> ProcessHandle.of(Long.parseLong(found.group(1))).isEmpty())
            .forEach(found -> remove(PREFIX + found.group(1) + "-" + found.group(2)));
      }
    } catch (IOException e) {
      LOG.debug("leftovers cannot be looked for: {}", e.getMessage());
    }
  }
}
