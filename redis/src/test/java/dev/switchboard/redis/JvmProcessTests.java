package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JvmProcessTests {

  /** Says back what it is told, and starts a Redis server when told to. */
  static final class Echo {

    private Echo() {}

    public static void main(String[] arguments) throws InterruptedException {
      ParentProcess parent = ParentProcess.connect();
      System.out.println("starting as " + arguments[0]);
      parent.send("ready");
      while (true) {
        String line = parent.next();
        switch (line) {
          case "fail" -> throw new IllegalStateException("failing as told");
          case "redis" -> {
            RedisServerProcess server = RedisServerProcess.start();
            server.pause();
            parent.send("" + server.port());
          }
          default -> parent.send(arguments[0] + line);
        }
      }
    }
  }

  private static JvmProcess start() {
    JvmProcess process = JvmProcess.start(Echo.class, "ä");
    assertThat(process.next()).isEqualTo("ready");
    return process;
  }

  @Test
  void linesPassBothWaysAndLogsDoNot() {
    try (JvmProcess process = start()) {
      process.send("one");
      process.send("zwölf");
      assertThat(process.next()).isEqualTo("äone");
      assertThat(process.next()).isEqualTo("äzwölf");
      assertThat(process.log()).contains("starting as");
    }
  }

  @Test
  void failureShowsWhatTheProcessSaid() {
    try (JvmProcess process = start()) {
      process.send("fail");
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(process::next)
          .withMessageContainingAll("Echo", "exit code 1", "failing as told");
    }
  }

  @Test
  void pausedProcessAnswersOnceItResumes() {
    try (JvmProcess process = start()) {
      process.pause();
      process.send("late");
      process.resume();
      assertThat(process.next()).isEqualTo("älate");
    }
  }

  @Test
  void killedProcessIsGone() {
    try (JvmProcess process = start()) {
      process.pause();
      process.kill();
      assertThat(ProcessHandle.of(process.pid()).filter(ProcessHandle::isAlive)).isEmpty();
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(process::next)
          .withMessageContaining("exit code 137");
    }
  }

  @Test
  void endsByItselfWhenItsInputEnds() {
    try (JvmProcess process = start()) {
      process.hangUp();
      assertThat(process.awaitExit()).isEqualTo(1);
    }
  }

  @Test
  void serverDoesNotOutliveTheProcessThatStartedIt() {
    try (JvmProcess process = start()) {
      process.send("redis");
      int port = Integer.parseInt(process.next());
      assertThat(isListening(port)).isTrue();
      process.kill();
      await().until(() -> !isListening(port));
    }
  }

  private static boolean isListening(int port) {
    try (RespConnection connection = new RespConnection(port, Duration.ofSeconds(1))) {
      connection.send("PING");
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
