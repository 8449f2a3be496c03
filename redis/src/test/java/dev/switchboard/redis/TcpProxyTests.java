package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTests {

  private static RedisServerProcess server;

  private TcpProxy proxy;
  private RespConnection client;

  @BeforeAll
  static void startServer() {
    server = RedisServerProcess.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void connect() throws IOException {
    server.command("FLUSHALL");
    proxy = TcpProxy.to(server);
    client = newClient();
  }

  @AfterEach
  void disconnect() throws IOException {
    client.close();
    proxy.close();
  }

  @Test
  void commandsPassAndAreCounted() throws IOException {
    String value = "x".repeat(100_000);
    assertThat(client.call("SET", "key", value)).isEqualTo("OK");
    assertThat(client.call("GET", "key")).isEqualTo(value);
    client.send("get", "key");
    client.send("INCR", "n");
    assertThat(client.read()).isEqualTo(value);
    assertThat(client.read()).isEqualTo(1L);
    assertThat(proxy.commands()).isEqualTo(Map.of("SET", 1, "GET", 2, "INCR", 1));
    assertThat(proxy.connections()).isEqualTo(1);
    assertThat(proxy.bytesToServer()).isBetween(100_000L, 101_000L);
    assertThat(proxy.bytesToClients()).isBetween(200_000L, 201_000L);
    proxy.forgetCommands();
    assertThat(proxy.commands()).isEmpty();
  }

  @Test
  void lostRepliesBelongToExecutedCommands() throws IOException {
    proxy.dropReplies();
    client.send("INCR", "n");
    await().untilAsserted(() -> assertThat(server.command("GET", "n")).isEqualTo("1"));
    assertThat(client.isSilent()).isTrue();
  }

  @Test
  void connectionThatLostRepliesIsClosedWhenItHeals() throws IOException {
    proxy.dropReplies();
    client.send("INCR", "n");
    assertThat(client.isSilent()).isTrue();
    proxy.pass();
    assertThatClosed(client);
    assertThat(newClientCalls("INCR", "n")).isEqualTo(2L);
  }

  @Test
  void blackholeHoldsEverythingUntilItHeals() throws IOException {
    client.call("PING");
    proxy.blackhole();
    client.send("INCR", "n");
    try (RespConnection another = newClient()) {
      another.send("INCR", "n");
      assertThat(client.isSilent()).isTrue();
      assertThat(another.isSilent()).isTrue();
      assertThat(server.command("GET", "n")).isNull();
      proxy.pass();
      assertThat(client.read()).isIn(1L, 2L);
      assertThat(another.read()).isIn(1L, 2L);
    }
  }

  @Test
  void commandOfClientThatHasLeftArrivesWhenTheBlackholeHeals() throws IOException {
    client.call("PING");
    proxy.blackhole();
    client.send("INCR", "n");
    client.close();
    assertThat(server.command("GET", "n")).isNull();
    proxy.pass();
    await().untilAsserted(() -> assertThat(server.command("GET", "n")).isEqualTo("1"));
  }

  @Test
  void refusingClosesOldAndNewConnections() throws IOException {
    client.call("PING");
    proxy.refuse();
    assertThatClosed(client);
    try (RespConnection another = newClient()) {
      assertThatClosed(another);
    }
    await().untilAsserted(() -> assertThat(proxy.openConnections()).isZero());
    proxy.pass();
    assertThat(newClientCalls("PING")).isEqualTo("PONG");
    assertThat(proxy.connections()).isEqualTo(3);
  }

  @Test
  void cutClosesOldConnectionsOnly() throws IOException {
    client.call("PING");
    proxy.cut();
    assertThatClosed(client);
    assertThat(newClientCalls("PING")).isEqualTo("PONG");
  }

  @Test
  void cutEndsConnectionsThatAreHeld() throws IOException {
    client.call("PING");
    proxy.blackhole();
    client.send("INCR", "n");
    proxy.cut();
    assertThatClosed(client);
    proxy.pass();
    assertThat(newClientCalls("INCR", "n")).isEqualTo(1L);
  }

  @Test
  void commandIsExecutedAndItsReplyLostOnce() throws IOException {
    client.call("PING");
    proxy.dropReplyOnce("incr");
    assertThat(client.call("SET", "n", "5")).isEqualTo("OK");
    client.send("INCR", "n");
    assertThatClosed(client);
    assertThat(server.command("GET", "n")).isEqualTo("6");
    assertThat(newClientCalls("INCR", "n")).isEqualTo(7L);
  }

  @Test
  void lettuceSendsTheCommandWhoseReplyWasLostAgain() {
    RedisClient lettuce = RedisClient.create(proxy.url());
    try (var connection = lettuce.connect()) {
      proxy.dropReplyOnce("INCR");
      assertThat(connection.sync().incr("n")).isEqualTo(2);
      assertThat(proxy.commands()).containsEntry("INCR", 2);
    } finally {
      lettuce.shutdown(0, 0, TimeUnit.SECONDS);
    }
  }

  @Test
  void endOfTheServerReachesClients() throws IOException {
    client.call("PING");
    server.command("CLIENT", "KILL", "TYPE", "normal");
    assertThatClosed(client);
  }

  private RespConnection newClient() throws IOException {
    return new RespConnection(proxy.port(), Duration.ofSeconds(20));
  }

  private @Nullable Object newClientCalls(String... command) throws IOException {
    try (RespConnection another = newClient()) {
      return another.call(command);
    }
  }

  private static void assertThatClosed(RespConnection connection) {
    assertThatThrownBy(connection::read)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(SocketTimeoutException.class);
  }
}
