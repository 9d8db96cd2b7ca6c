package dev.midifleet.testkit;

import dev.midifleet.testkit.FaultProxy.Way;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** One connection through a {@link FaultProxy}: two sockets and a virtual thread for each direction. */
final class ProxyLink {
  private static final int CHUNK_BYTES = 64 << 10;

  private final FaultProxy proxy;
  private final Socket client;
  private final Socket server;
  /** Directions that have ended in good order. */
  private final AtomicInteger ends = new AtomicInteger();
  private volatile PostgresCommits watch;
  private volatile boolean forgotten;
  private volatile boolean over;
  /** The next that the server says is not for the client. */
  private volatile boolean answerIsCut;

  ProxyLink(FaultProxy proxy, Socket client, Socket server) {
    this.proxy = proxy;
    this.client = client;
    this.server = server;
    this.watch = proxy.newWatch();
  }

  void start() {
    Thread.ofVirtual().name("proxy-to-server").start(() -> pump(client, server, Way.TO_SERVER));
    Thread.ofVirtual().name("proxy-to-client").start(() -> pump(server, client, Way.TO_CLIENT));
  }

  boolean isOpen(Way way) { return !(way == Way.TO_SERVER ? server : client).isClosed(); }

  void watchNoMore() { watch = PostgresCommits.NONE; }

  void reset() {
    over = true;
    reset(client);
    reset(server);
    proxy.ended(this);
  }

  void close() {
    over = true;
    close(client);
    close(server);
    proxy.ended(this);
  }

  void forget(Way side) {
    forgotten = true;
    reset(side == Way.TO_SERVER ? server : client);
  }

  private void pump(Socket from, Socket to, Way way) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      InputStream in = from.getInputStream();
      for (boolean isBurst = true;; isBurst = in.available() == 0) {
        int count = in.read(chunk);
        proxy.line(way).carry(Math.max(0, count), isBurst, () -> over);
        if (over) return;
        if (count < 0) {
          ended(to);
          return;
        }
        if (way == Way.TO_CLIENT && answerIsCut) {
          proxy.answerWasCut();
          reset();
          return;
        }
        if (way == Way.TO_SERVER && watch.completes(chunk, count)) {
          answerIsCut = true;
        }
        write(to, chunk, count);
      }
    } catch (IOException _) {
      failed(from);
    } catch (InterruptedException _) {
      reset();
    }
  }

  private void write(Socket to, byte[] chunk, int count) throws IOException {
    if (forgotten) return;
    try {
      to.getOutputStream().write(chunk, 0, count);
    } catch (IOException e) {
      if (!forgotten) throw e;
    }
  }

  private void ended(Socket to) throws IOException {
    if (forgotten || ends.incrementAndGet() == 2) {
      close();
    } else {
      to.shutdownOutput();
    }
  }

  /** A side that was forgotten says nothing to the other; otherwise what broke here breaks there too. */
  private void failed(Socket from) {
    // Whoever ends it closes both sides, and in good order where it is to be so.
    if (over) return;
    boolean isOther = forgotten && from.isClosed();
    if (!isOther) {
      reset();
    }
  }

  private static void reset(Socket socket) {
    try {
      // Without a lingering time, closing sends RST.
      socket.setSoLinger(true, 0);
    } catch (IOException _) {
      // Closed before.
    }
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It is as closed as it will be.
    }
  }
}
