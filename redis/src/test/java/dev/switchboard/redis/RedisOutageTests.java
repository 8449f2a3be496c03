package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.switchboard.redis.OutageScene.Event;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;

/** Redis goes away under load, in all the ways it can, and calls go on. */
class RedisOutageTests {

  private static final int PAUSE_SECONDS = Boolean.getBoolean("long") ? 10 : 3;
  private static final List<String> FIGURES = new CopyOnWriteArrayList<>();

  @AfterAll
  static void printFigures() {
    System.out.println(String.join("\n", FIGURES));
  }

  private static void goOnWithout(OutageScene scene, String name, Event begin, Event end)
      throws IOException {
    FIGURES.add("%-20s %s".formatted(name, scene.goOnWithout(begin, end)));
    scene.assertSharedAndBalanced(Set.of());
  }

  @ConcurrentTest
  void killedAndStartedAgainEmpty() throws IOException {
    try (OutageScene scene = new OutageScene()) {
      FIGURES.add(
          "%-20s %s"
              .formatted(
                  "killed, empty again",
                  scene.goOnWithout(scene.server::kill, scene.server::restart)));
      scene.assertSharedAndBalanced(scene.opened());
    }
  }

  @ConcurrentTest
  void killedAndStartedAgainWithItsData() throws IOException {
    try (OutageScene scene = new OutageScene("--appendonly", "yes", "--appendfsync", "always")) {
      goOnWithout(scene, "killed, kept data", scene.server::kill, scene.server::restart);
    }
  }

  @ConcurrentTest
  void paused() throws IOException {
    try (OutageScene scene = new OutageScene()) {
      goOnWithout(
          scene,
          "paused " + PAUSE_SECONDS + " s",
          scene.server::pause,
          () -> {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PAUSE_SECONDS);
            await().atMost(Duration.ofSeconds(20)).until(() -> System.nanoTime() - end > 0);
            scene.server.resume();
          });
    }
  }

  @ConcurrentTest
  void swallowingEverything() throws IOException {
    try (OutageScene scene = new OutageScene()) {
      goOnWithout(scene, "blackhole", scene.proxy::blackhole, scene.proxy::pass);
    }
  }

  @ConcurrentTest
  void swallowingReplies() throws IOException {
    try (OutageScene scene = new OutageScene()) {
      goOnWithout(scene, "replies lost", scene.proxy::dropReplies, scene.proxy::pass);
    }
  }

  @ConcurrentTest
  void refusingConnections() throws IOException {
    try (OutageScene scene = new OutageScene()) {
      goOnWithout(scene, "connections refused", scene.proxy::refuse, scene.proxy::pass);
    }
  }

  @ConcurrentTest
  void outOfMemory() throws IOException {
    try (OutageScene scene =
        new OutageScene("--maxmemory", "8mb", "--maxmemory-policy", "noeviction")) {
      goOnWithout(
          scene,
          "out of memory",
          () -> fill(scene.server),
          () -> scene.server.command("DEL", "filling"));
    }
  }

  private static void fill(RedisServerProcess server) {
    assertThatThrownBy(
            () -> {
              while (true) {
                server.command("RPUSH", "filling", "x".repeat(1 << 20));
              }
            })
        .hasMessageStartingWith("OOM");
    // Leaves no room for a single session either.
    server.command("CONFIG", "SET", "maxmemory", "4mb");
  }

  @ConcurrentTest
  void refusingToWriteWithoutReplicas() throws IOException {
    try (OutageScene scene = new OutageScene()) {
      goOnWithout(
          scene,
          "NOREPLICAS",
          () -> scene.server.command("CONFIG", "SET", "min-replicas-to-write", "1"),
          () -> scene.server.command("CONFIG", "SET", "min-replicas-to-write", "0"));
    }
  }

  @ConcurrentTest
  void readOnly() throws IOException {
    try (OutageScene scene = new OutageScene()) {
      goOnWithout(
          scene,
          "READONLY",
          () -> scene.server.command("REPLICAOF", "127.0.0.1", "1"),
          () -> scene.server.command("REPLICAOF", "NO", "ONE"));
    }
  }

  @ConcurrentTest
  void replicaThatHasLostItsPrimary() throws IOException {
    try (OutageScene scene = new OutageScene("--replica-serve-stale-data", "no")) {
      goOnWithout(
          scene,
          "MASTERDOWN",
          () -> scene.server.command("REPLICAOF", "127.0.0.1", "1"),
          () -> scene.server.command("REPLICAOF", "NO", "ONE"));
    }
  }

  @ConcurrentTest
  void forbidden() throws IOException {
    try (OutageScene scene = new OutageScene()) {
      goOnWithout(
          scene,
          "NOPERM",
          () -> scene.server.command("ACL", "SETUSER", "default", "-evalsha", "-eval"),
          () -> scene.server.command("ACL", "SETUSER", "default", "+@all"));
    }
  }

  @ConcurrentTest
  void allData() throws IOException {
    try (OutageScene scene = new OutageScene()) {
      scene.goOnAfter(
          () -> {
            scene.server.command("FLUSHALL");
            // So that what is known is confirmed now and not within 30 seconds.
            scene.server.command("CLIENT", "KILL", "TYPE", "pubsub");
          });
      scene.assertSharedAndBalanced(scene.opened());
    }
  }

  @ConcurrentTest
  void allConnections() throws IOException {
    goOnAfter(scene -> scene.server.command("CLIENT", "KILL", "TYPE", "normal"));
  }

  @ConcurrentTest
  void subscriptions() throws IOException {
    goOnAfter(scene -> scene.server.command("CLIENT", "KILL", "TYPE", "pubsub"));
  }

  @ConcurrentTest
  void connectionsAgainAndAgain() throws IOException {
    goOnAfter(
        scene -> {
          for (int i = 0; i < 3; i++) {
            scene.proxy.cut();
            await().until(() -> scene.proxy.openConnections() > 0);
          }
        });
  }

  private static void goOnAfter(Consumer<OutageScene> disturbance) throws IOException {
    try (OutageScene scene = new OutageScene()) {
      scene.goOnAfter(() -> disturbance.accept(scene));
      scene.assertSharedAndBalanced(Set.of());
    }
  }
}
