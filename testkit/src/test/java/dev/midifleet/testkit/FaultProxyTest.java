package dev.midifleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.midifleet.testkit.FaultProxy.Way;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultProxyTest {
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int SILENCE_MILLIS = 150;

  private final Echo echo = new Echo();
  private final FaultProxy proxy = FaultProxy.to(echo.address());

  /** Sends back what comes. */
  private static final class Echo {
    final ServerSocket listener;
    final Set<Socket> open = ConcurrentHashMap.newKeySet();
    final AtomicReference<String> ends = new AtomicReference<>("");

    Echo() {
      try {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      Thread.ofVirtual().start(() -> {
        while (!listener.isClosed()) {
          try {
            Socket socket = listener.accept();
            Thread.ofVirtual().start(() -> serve(socket));
          } catch (IOException _) {
            return;
          }
        }
      });
    }

    InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    private void serve(Socket socket) {
      open.add(socket);
      try (socket) {
        socket.getInputStream().transferTo(socket.getOutputStream());
        ends.set("end");
      } catch (IOException e) {
        ends.set("reset");
      }
      open.remove(socket);
    }
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.listener.close();
  }

  @Test
  void bytes_pass_and_are_counted_and_an_end_is_passed_on() throws Exception {
    try (Socket client = connect()) {
      assertThat(ask(client, "hello")).isEqualTo("hello");
      assertThat(proxy.bytes(Way.TO_SERVER)).isEqualTo(5);
      assertThat(proxy.bytes(Way.TO_CLIENT)).isEqualTo(5);
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      await().until(() -> "end".equals(echo.ends.get()));
      await().until(() -> proxy.open(Way.TO_SERVER) == 0);
    }
    assertThat(proxy.accepted()).isEqualTo(1);
  }

  @Test
  void cut_resets_both_sides_and_hanging_up_ends_them_in_good_order() throws Exception {
    try (Socket client = connect()) {
      ask(client, "a");
      proxy.cut();
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      await().until(() -> "reset".equals(echo.ends.get()));
    }
    try (Socket client = connect()) {
      ask(client, "a");
      proxy.hangUp();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      await().until(() -> "end".equals(echo.ends.get()));
    }
  }

  @Test
  void a_black_hole_holds_one_direction_and_what_it_held_comes_when_it_is_healed() throws Exception {
    try (Socket client = connect()) {
      ask(client, "a");
      proxy.blackHole(Way.TO_SERVER);
      send(client, "b");
      assertSilent(client);
      assertThat(proxy.bytes(Way.TO_CLIENT)).isEqualTo(1);
      try (Socket later = connect()) {
        send(later, "x");
        assertSilent(later);
      }
      proxy.heal();
      assertThat(read(client, 1)).isEqualTo("b");

      proxy.blackHole(Way.TO_CLIENT);
      send(client, "c");
      assertSilent(client);
      await().until(() -> proxy.bytes(Way.TO_SERVER) >= 3);
      proxy.heal();
      assertThat(read(client, 1)).isEqualTo("c");
    }
  }

  @Test
  void a_side_that_is_forgotten_is_cut_and_the_other_is_not_told() throws Exception {
    try (Socket client = connect()) {
      ask(client, "a");
      proxy.forgetServers();
      await().until(() -> "reset".equals(echo.ends.get()));
      send(client, "b");
      assertSilent(client);
      assertThat(proxy.open(Way.TO_CLIENT)).isEqualTo(1);
      try (Socket later = connect()) {
        assertThat(ask(later, "c")).isEqualTo("c");
        echo.ends.set("");
        proxy.forgetClients();
        assertThatThrownBy(() -> later.getInputStream().read()).isInstanceOf(SocketException.class);
        Thread.sleep(SILENCE_MILLIS);
        assertThat(echo.ends.get()).isEmpty();
        assertThat(proxy.open(Way.TO_SERVER)).isEqualTo(1);
      }
    }
  }

  @Test
  void delay_and_limit_slow_down_and_end_when_healed() throws Exception {
    try (Socket client = connect()) {
      proxy.delay(Way.TO_SERVER, Duration.ofMillis(200));
      proxy.delay(Way.TO_CLIENT, Duration.ofMillis(100));
      assertThat(millisToAsk(client, "a")).isBetween(300L, 2_000L);
      proxy.heal();
      proxy.limit(Way.TO_SERVER, 1_000);
      assertThat(millisToAsk(client, "x".repeat(300))).isBetween(300L, 2_000L);
      proxy.heal();
      assertThat(millisToAsk(client, "x".repeat(300))).isLessThan(200);
    }
  }

  @Test
  void a_proxy_that_is_shut_is_not_there_and_listens_on_the_same_port_when_healed() throws Exception {
    try (Socket client = connect()) {
      ask(client, "a");
      proxy.shut();
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }
    int port = proxy.port();
    proxy.heal();
    assertThat(proxy.port()).isEqualTo(port);
    try (Socket client = connect()) {
      assertThat(ask(client, "b")).isEqualTo("b");
    }
  }

  @Test
  void server_that_is_not_there_and_another_one_later() throws Exception {
    proxy.retarget(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
    try (Socket client = connect()) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    proxy.retarget(echo.address());
    try (Socket client = connect()) {
      assertThat(ask(client, "a")).isEqualTo("a");
    }
  }

  @Test
  void the_answer_to_a_commit_is_lost_after_the_server_has_committed() throws Exception {
    var database = TestDatabase.shared().newDatabase();
    try (var front = FaultProxy.to(FaultProxy.serverOf(database.jdbcUrl()));
        Connection direct = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
      run(direct, "create table marked(n int); create table other(n int)");
      for (int threshold : new int[]{0, 1, 5}) {
        run(direct, "truncate marked, other");
        front.heal();
        front.loseAnswersOfCommits("into marked", 2);
        String url = front.through(database.jdbcUrl()) + "?prepareThreshold=" + threshold;
        long before = front.cutAnswers();
        try (Connection client = DriverManager.getConnection(url, database.user(), database.password())) {
          client.setAutoCommit(false);
          for (String table : new String[]{"other", "marked", "other", "other"}) {
            insert(client, table);
            client.commit();
          }
          insert(client, "marked");
          assertThatThrownBy(client::commit).as("threshold " + threshold).isInstanceOf(SQLException.class)
              .satisfies(e -> assertThat(((SQLException) e).getSQLState()).startsWith("08"));
        }
        assertThat(count(direct)).isEqualTo(2);
        assertThat(front.cutAnswers() - before).isEqualTo(1);
      }
    }
  }

  private static void insert(Connection client, String table) throws SQLException {
    try (var insert = client.prepareStatement("insert into " + table + " values (?)")) {
      insert.setInt(1, 7);
      insert.executeUpdate();
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery("select count(*) from marked")) {
      row.next();
      return row.getInt(1);
    }
  }

  private Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String read(Socket socket, int count) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readNBytes(count), StandardCharsets.US_ASCII);
  }

  private static String ask(Socket socket, String text) throws IOException {
    send(socket, text);
    return read(socket, text.length());
  }

  private static long millisToAsk(Socket socket, String text) throws IOException {
    long start = System.nanoTime();
    assertThat(ask(socket, text)).isEqualTo(text);
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static void assertSilent(Socket socket) throws IOException {
    socket.setSoTimeout(SILENCE_MILLIS);
    assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(PATIENCE_MILLIS);
  }
}
