package dev.midifleet.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TCP relay whose network can be broken while connections live. Everything that is broken stays so for connections that
 * come later, until {@link #heal}; {@link #cut}, {@link #hangUp} and the forgetting concern those that are open now.
 *
 * <p>It speaks TCP only up to itself: what it holds back is acknowledged to the sender, as by a host whose program hangs,
 * so that only time limits of the programs themselves find out. A real loss of packets needs network namespaces.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;
  private static final long REFUSAL_NANOS = 5_000_000_000L;

  private final InetAddress address;
  private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
  private final ProxyLine toServer = new ProxyLine();
  private final ProxyLine toClient = new ProxyLine();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong cutAnswers = new AtomicLong();
  private volatile InetSocketAddress server;
  private volatile Supplier<PostgresCommits> watch = () -> PostgresCommits.NONE;
  private volatile boolean closed;
  private int port;
  private @Nullable ServerSocket listener;

  /** A direction. */
  public enum Way {
    TO_SERVER,
    TO_CLIENT
  }

  private FaultProxy(InetAddress address, InetSocketAddress server) {
    this.address = address;
    this.server = server;
  }

  /** Starts one on a free port of 127.0.0.1. */
  public static FaultProxy to(InetSocketAddress server) {
    return to(server, InetAddress.getLoopbackAddress());
  }

  /** Starts one on a free port of an address of this host. */
  public static FaultProxy to(InetSocketAddress server, InetAddress address) {
    var proxy = new FaultProxy(address, server);
    proxy.open();
    return proxy;
  }

  /**
   * Host and port of a URI, such as {@code amqp://user:password@host:5672/vhost}; a {@code jdbc:} before it is left out. Of
   * several hosts the first.
   */
  public static InetSocketAddress serverOf(String uri) {
    URI parts = URI
        .create((uri.startsWith("jdbc:") ? uri.substring("jdbc:".length()) : uri).replaceFirst(",[^/]*", ""));
    return new InetSocketAddress(parts.getHost(), parts.getPort());
  }

  /** The same URI, with the host and the port of this proxy. */
  public String through(String uri) {
    InetSocketAddress real = serverOf(uri);
    return uri.replace(real.getHostString() + ":" + real.getPort(), address.getHostAddress() + ":" + port);
  }

  public int port() { return port; }

  /** Connections from now on go to another server; those that are open stay with theirs. */
  public void retarget(InetSocketAddress next) {
    server = next;
  }

  /** Ends all connections by RST, on both sides. */
  public void cut() { links.forEach(ProxyLink::reset); }

  /** Ends all connections by FIN, on both sides. */
  public void hangUp() { links.forEach(ProxyLink::close); }

  /** Nobody listens any more, and what is connected is cut, until it is healed. */
  public synchronized void shut() {
    shutListener();
    cut();
  }

  /** Holds back all bytes of one direction, ends of connections too, until it is healed. Connections can still be made. */
  public void blackHole(Way way) {
    line(way).hold(true);
  }

  /** The server loses its end of each connection by RST; the client is not told, and what it sends vanishes. */
  public void forgetServers() {
    links.forEach(link -> link.forget(Way.TO_SERVER));
  }

  /** The client loses its end of each connection by RST; the server is not told, and what it sends vanishes. */
  public void forgetClients() {
    links.forEach(link -> link.forget(Way.TO_CLIENT));
  }

  /** Each burst of bytes in this direction arrives later by so much. */
  public void delay(Way way, Duration time) {
    line(way).delay(time);
  }

  /** No more than so many bytes a second and connection in this direction; 0: no limit. */
  public void limit(Way way, long bytesPerSecond) {
    line(way).limit(bytesPerSecond);
  }

  /**
   * Lets every nth COMMIT of PostgreSQL through, of those transactions that ran a statement with this text, waits for its
   * answer, and cuts the connection instead of giving the answer to the client.
   *
   * @param text
   *          in the statement as it is sent, for instance {@code committed_at = now()}; empty for every transaction
   * @param nth
   *          from 1
   */
  public void loseAnswersOfCommits(String text, int nth) {
    var commits = new AtomicLong();
    watch = () -> new PostgresCommits(text, () -> commits.incrementAndGet() % nth == 0);
    // A watch must have seen the statements being prepared.
    cut();
  }

  /** Ends all that is broken; what was held back is delivered. */
  public synchronized void heal() {
    watch = () -> PostgresCommits.NONE;
    links.forEach(ProxyLink::watchNoMore);
    toServer.heal();
    toClient.heal();
    if (listener == null && !closed) {
      open();
    }
  }

  /** Connections that were accepted so far. */
  public long accepted() { return accepted.get(); }

  /** Connections of which at least one side is open. */
  public int open(Way way) {
    return Math.toIntExact(links.stream().filter(link -> link.isOpen(way)).count());
  }

  /** Answers to COMMIT that were taken from the client. */
  public long cutAnswers() { return cutAnswers.get(); }

  /** Bytes that came to the proxy in this direction. */
  public long bytes(Way way) { return line(way).bytes(); }

  @Override
  public synchronized void close() {
    closed = true;
    shutListener();
    cut();
    toServer.heal();
    toClient.heal();
  }

  ProxyLine line(Way way) { return way == Way.TO_SERVER ? toServer : toClient; }

  PostgresCommits newWatch() { return watch.get(); }

  void answerWasCut() { cutAnswers.incrementAndGet(); }

  void ended(ProxyLink link) { links.remove(link); }

  private synchronized void open() {
    try {
      var opened = new ServerSocket(port, 100, address);
      port = opened.getLocalPort();
      listener = opened;
      Thread.ofVirtual().name("fault-proxy-" + port).start(() -> accept(opened));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void shutListener() {
    ServerSocket open = listener;
    listener = null;
    if (open == null) return;
    try {
      open.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitRefusal();
  }

  /** Some systems let go of a port a moment after it was closed. */
  private void awaitRefusal() {
    long giveUp = System.nanoTime() + REFUSAL_NANOS;
    while (System.nanoTime() < giveUp) {
      try (var _ = new Socket(address, port)) {
        Thread.sleep(1);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException _) {
        return;
      }
    }
    throw new IllegalStateException(address + ":" + port + " still takes connections");
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Socket client = from.accept();
        accepted.incrementAndGet();
        Thread.ofVirtual().start(() -> connect(client, from));
      } catch (IOException _) {
        // Closed, or the client has gone already.
      }
    }
  }

  private void connect(Socket client, ServerSocket from) {
    var upstream = new Socket();
    var link = new ProxyLink(this, client, upstream);
    links.add(link);
    try {
      upstream.connect(server, CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
    } catch (IOException _) {
      link.reset();
      return;
    }
    if (from.isClosed()) {
      link.reset();
    } else {
      link.start();
    }
  }
}
