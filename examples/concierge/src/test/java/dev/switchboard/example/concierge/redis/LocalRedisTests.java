package dev.switchboard.example.concierge.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRedisTests {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path data;

  @Test
  void twoDoNotShareOneFolder() throws IOException {
    LocalRedis first = LocalRedis.start(data);
    try {
      assertThatIllegalStateException()
          .isThrownBy(() -> LocalRedis.start(data))
          .withMessageContaining("--concierge.data=");
    } finally {
      first.destroy();
    }
    LocalRedis.start(data).destroy();
  }

  @Test
  void serverOfAKilledRunIsStopped() throws IOException {
    Process left = server(RedisBinary.extractTo(data.toRealPath()));
    try {
      LocalRedis next = LocalRedis.start(data);
      assertThat(left.isAlive()).isFalse();
      next.destroy();
    } finally {
      left.destroyForcibly();
    }
  }

  @Test
  void anotherProgramThatHasItsPidByNowIsLeftAlone() throws IOException {
    long own = ProcessHandle.current().pid();
    Files.writeString(data.resolve("redis.pid"), own + "\n");
    LocalRedis.start(data).destroy();
    assertThat(data.resolve("redis.pid")).doesNotExist();
  }

  private Process server(Path binary) throws IOException {
    Path pid = data.resolve("redis.pid");
    Process server =
        new ProcessBuilder(
                binary.toString(),
                "--port",
                Integer.toString(LocalRedis.freePort()),
                "--pidfile",
                pid.toString())
            .directory(data.toFile())
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("left.log").toFile())
            .start();
    await().until(() -> Files.exists(pid) && Files.size(pid) > 1);
    return server;
  }
}
