package dev.switchboard.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Iterator;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RedisServerProcessTests {

  @Test
  void answersWithWhatItIsAsked() {
    try (RedisServerProcess server = RedisServerProcess.start("--maxmemory", "3mb")) {
      assertThat(server.command("PING")).isEqualTo("PONG");
      assertThat(server.command("INCR", "n")).isEqualTo(1L);
      assertThat(server.command("GET", "nothing")).isNull();
      assertThat(server.command("CONFIG", "GET", "maxmemory"))
          .isEqualTo(List.of("maxmemory", "3145728"));
      assertThatIllegalStateException()
          .isThrownBy(() -> server.command("LPOP", "n"))
          .withMessageStartingWith("WRONGTYPE");
    }
  }

  @Test
  void bytesPassUnchanged() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    String binary = new String(bytes, ISO_8859_1);
    try (RedisServerProcess server = RedisServerProcess.start()) {
      server.command("HSET", "key", "field", binary);
      assertThat(server.command("HGET", "key", "field")).isEqualTo(binary);
      assertThat(server.command("HSTRLEN", "key", "field")).isEqualTo(256L);
    }
  }

  @Test
  void pausedServerIsSilentUntilItResumes() {
    try (RedisServerProcess server = RedisServerProcess.start()) {
      server.command("SET", "key", "kept");
      server.pause();
      assertThat(server.isAnswering()).isFalse();
      server.resume();
      assertThat(server.command("GET", "key")).isEqualTo("kept");
    }
  }

  @Test
  void killedServerComesBackEmptyOnItsPort() {
    try (RedisServerProcess server = RedisServerProcess.start()) {
      int port = server.port();
      long pid = server.pid();
      server.command("SET", "key", "lost");
      server.kill();
      assertThat(server.isAnswering()).isFalse();
      server.restart();
      assertThat(server.port()).isEqualTo(port);
      assertThat(server.pid()).isNotEqualTo(pid);
      assertThat(server.command("DBSIZE")).isEqualTo(0L);
    }
  }

  @Test
  void persistentServerKeepsItsData() {
    try (RedisServerProcess server = RedisServerProcess.start("--appendonly", "yes")) {
      server.command("SET", "key", "kept");
      server.kill();
      server.restart();
      assertThat(server.command("GET", "key")).isEqualTo("kept");
      server.pause();
      server.restart();
      assertThat(server.command("GET", "key")).isEqualTo("kept");
    }
  }

  @Test
  void nodeOfClusterServesAllSlots() {
    try (RedisServerProcess server = RedisServerProcess.start("--cluster-enabled", "yes")) {
      server.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
      Awaitility.await()
          .until(() -> ("" + server.command("CLUSTER", "INFO")).contains("cluster_state:ok"));
      assertThat(server.command("SET", "key", "value")).isEqualTo("OK");
    }
  }

  @Test
  void takesAnotherPortWhereItsOwnIsTaken() {
    try (RedisServerProcess first = RedisServerProcess.start()) {
      int taken = first.port();
      Iterator<Integer> ports = List.of(taken, RedisServerProcess.freePort()).iterator();
      try (RedisServerProcess second = RedisServerProcess.start(ports::next)) {
        assertThat(second.port()).isNotEqualTo(taken);
        assertThat(second.isAnswering()).isTrue();
      }
      assertThat(first.isAnswering()).isTrue();
    }
  }

  @Test
  void saysWhyItDoesNotStart() {
    assertThatIllegalStateException()
        .isThrownBy(() -> RedisServerProcess.start("--no-such-option", "1"))
        .withMessageContaining("no-such-option");
  }

  @Test
  void closeLeavesNothingBehind() {
    RedisServerProcess server = RedisServerProcess.start();
    server.pause();
    server.close();
    assertThat(ProcessHandle.of(server.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(server.folder()).doesNotExist();
    server.close();
  }
}
