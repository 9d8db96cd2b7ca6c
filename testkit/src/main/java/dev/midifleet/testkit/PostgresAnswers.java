package dev.midifleet.testkit;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A relay to PostgreSQL (protocol 3, without encryption) that counts what the server answers: how many statements it has
 * completed, and how often a client had to wait for it. What a pool asks to find out whether a connection lives, an empty
 * statement, is not counted; BEGIN is a statement without a wait, as the driver sends it with what follows.
 */
public final class PostgresAnswers implements AutoCloseable {
  private static final String BEGIN = "BEGIN";
  /** Where the name of a completed statement begins, after the letter and the length. */
  private static final int TAG = 1 + Integer.BYTES;

  private final String host;
  private final int serverPort;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong statements = new AtomicLong();
  private final AtomicLong roundTrips = new AtomicLong();

  private PostgresAnswers(String host, int serverPort) throws IOException {
    this.host = host;
    this.serverPort = serverPort;
    this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("postgres-answers").start(this::accept);
  }

  /** Starts one on a free port of 127.0.0.1, before the server of this JDBC URL. */
  public static PostgresAnswers of(String jdbcUrl) {
    var server = FaultProxy.serverOf(jdbcUrl);
    try {
      return new PostgresAnswers(server.getHostString(), server.getPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same URL, by way of this relay. */
  public String through(String jdbcUrl) {
    String here = jdbcUrl.replace(host + ":" + serverPort,
        listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort());
    return here + (here.contains("?") ? "&" : "?") + "sslmode=disable";
  }

  /** Statements that were completed so far, BEGIN and COMMIT among them. */
  public long statements() {
    return statements.get();
  }

  /** How often the server said that it waits for the client, who had waited for that. */
  public long roundTrips() {
    return roundTrips.get();
  }

  @Override
  public void close() {
    closeQuietly(listener);
    sockets.forEach(PostgresAnswers::closeQuietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        var server = new Socket(host, serverPort);
        sockets.add(client);
        sockets.add(server);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> pump(client, server));
        Thread.ofVirtual().start(() -> count(server, client));
      } catch (IOException _) {
        // Closed.
      }
    }
  }

  private static void pump(Socket client, Socket server) {
    try (client; server) {
      client.getInputStream().transferTo(server.getOutputStream());
    } catch (IOException _) {
      // Whoever closed the other side has told its reason there.
    }
  }

  /** Each answer is a letter, a length that counts itself, and the rest. */
  private void count(Socket server, Socket client) {
    try (server; client; InputStream buffered = new BufferedInputStream(server.getInputStream(), 1 << 16)) {
      var in = new DataInputStream(buffered);
      boolean isWaitedFor = true;
      while (true) {
        byte kind = in.readByte();
        int length = in.readInt();
        byte[] message = new byte[1 + length];
        message[0] = kind;
        for (int i = 0; i < Integer.BYTES; i++) {
          message[1 + i] = (byte) (length >>> (Byte.SIZE * (Integer.BYTES - 1 - i)));
        }
        in.readFully(message, 1 + Integer.BYTES, length - Integer.BYTES);
        switch (kind) {
          case 'C' -> {
            statements.incrementAndGet();
            isWaitedFor = !new String(message, TAG, length - Integer.BYTES - 1, StandardCharsets.US_ASCII)
                .equals(BEGIN);
          }
          case 'G' -> roundTrips.incrementAndGet();
          case 'I' -> isWaitedFor = false;
          case 'Z' -> {
            roundTrips.addAndGet(isWaitedFor ? 1 : 0);
            isWaitedFor = true;
          }
          default -> {
            // Rows, parameters, notices.
          }
        }
        client.getOutputStream().write(message);
      }
    } catch (IOException _) {
      // The end of the connection.
    }
  }

  private static void closeQuietly(AutoCloseable open) {
    try {
      open.close();
    } catch (Exception _) {
      // It is as closed as it will be.
    }
  }
}
