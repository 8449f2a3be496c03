package dev.switchboard.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.session.SessionKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody else has written into Redis is never served, and hurts no call. */
class HostileContentTests {

  private static final SessionKey ACME = Instance.key("acme", "7");
  private static final SessionKey GLOBEX = Instance.key("globex", "7");

  private final MemorySpecialist specialist = new MemorySpecialist();
  private RedisServerProcess server;
  private Instance one;
  private Instance another;

  @BeforeEach
  void start() {
    server = RedisServerProcess.start();
    one = Instance.start(server.port(), specialist, Instance::patient);
    another = Instance.start(server.port(), specialist, Instance::patient);
  }

  @AfterEach
  void stop() {
    one.close();
    another.close();
    server.close();
  }

  private void plant(SessionKey key, String record) {
    server.command("HSET", StoredContent.key("sessions"), Fields.of(key), record);
  }

  private String record(SessionKey key) {
    Object record = server.command("HGET", StoredContent.key("sessions"), Fields.of(key));
    return (String) Objects.requireNonNull(record);
  }

  /** It was as good as absent: one session was opened, and is what everybody has. */
  private void assertMissed(SessionKey key) {
    String id = one.ask(key);
    assertThat(another.ask(key)).isEqualTo(id);
    assertThat(specialist.sessions().openedFor(HttpSpecialist.text(key))).containsExactly(id);
    assertThat(specialist.sessions().callsOnOthers()).isEmpty();
    assertThat(one.isShared() && another.isShared()).isTrue();
  }

  private static byte[] serialized() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Harmless());
    }
    String text = bytes.toString(ISO_8859_1).replace("Harmless", "Poisoned");
    return text.getBytes(ISO_8859_1);
  }

  @ConcurrentTest
  void serializedObjectIsMissAndItsClassIsNeverInitialized() throws Exception {
    byte[] poison = serialized();
    plant(ACME, new String(poison, ISO_8859_1));
    assertMissed(ACME);
    server.command("HSET", StoredContent.key("closings"), "poison", new String(poison, ISO_8859_1));
    server.command("ZADD", StoredContent.key("closing"), "1", "poison");
    await().until(() -> new StoredContent(server).closing() == 0);
    assertThat(Harmless.POISONED).isEmpty();
    // It would have hurt whoever reads it.
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(poison))) {
      in.readObject();
    }
    assertThat(Harmless.POISONED).containsExactly("initialized", "read");
  }

  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @ValueSource(strings = {"", "1", "null", "{}", "\u00ac\u00ed\u0000\u0005", "(.*)%d%%", "1FO"})
  void nonsenseIsMiss(String record) {
    plant(ACME, record);
    assertMissed(ACME);
  }

  @ConcurrentTest
  void unknownVersionIsMiss() {
    one.ask(GLOBEX);
    plant(ACME, "2" + record(GLOBEX).substring(1));
    assertMissed(ACME);
  }

  @ConcurrentTest
  void everyTruncatedRecordIsMiss() {
    one.ask(GLOBEX);
    String record = record(GLOBEX);
    for (int length = 1; length < record.length(); length += 13) {
      SessionKey key = Instance.key("t" + length);
      plant(key, record.substring(0, length));
      assertMissed(key);
    }
  }

  @ConcurrentTest
  void endlessRecordIsMiss() {
    one.ask(GLOBEX);
    plant(ACME, record(GLOBEX) + "A".repeat(1 << 20));
    assertMissed(ACME);
  }

  @ConcurrentTest
  void recordOfAnotherTenantIsMiss() {
    String id = one.ask(GLOBEX);
    another.ask(GLOBEX);
    plant(ACME, record(GLOBEX));
    assertMissed(ACME);
    assertThat(one.ask(GLOBEX)).isEqualTo(id);
    assertThat(another.ask(GLOBEX)).isEqualTo(id);
  }

  /** Its key is right, and its token is that of a session which this process knows. */
  @ConcurrentTest
  void recordWithTheTokenOfAnotherTenantIsMiss() {
    String id = one.ask(GLOBEX);
    another.ask(GLOBEX);
    String payload = StoredSession.payload(ACME, UUID.randomUUID().toString(), StoredContent.PLAIN);
    plant(ACME, record(GLOBEX).substring(0, 50) + payload);
    assertThat(StoredSession.read(record(ACME).getBytes(ISO_8859_1), StoredContent.PLAIN))
        .isNotNull();
    assertMissed(ACME);
    assertThat(one.ask(GLOBEX)).isEqualTo(id);
  }

  @ConcurrentTest
  void closingThatNamesAnotherSessionIsNone() {
    String id = one.ask(ACME);
    server.command(
        "HSET", StoredContent.key("closings"), "0".repeat(32), "EXPIRED " + record(ACME));
    server.command("ZADD", StoredContent.key("closing"), "1", "0".repeat(32));
    await().until(() -> new StoredContent(server).closing() == 0);
    assertThat(one.ask(ACME)).isEqualTo(id);
    assertThat(specialist.sessions().closed()).isEmpty();
  }

  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @ValueSource(
      strings = {"sessions", "leases", "touched", "opened", "index", "closing", "closings", "gone"})
  void keyOfAnotherTypeLeavesCallsLocal(String name) {
    String known = one.ask(ACME);
    server.command("DEL", StoredContent.key(name));
    server.command("SET", StoredContent.key(name), "something else");
    for (SessionKey key : List.of(ACME, GLOBEX, Instance.key("new"))) {
      for (int i = 0; i < 5; i++) {
        assertThat(one.ask(key)).isEqualTo(one.ask(key));
        assertThat(another.ask(key)).isEqualTo(another.ask(key));
      }
    }
    assertThat(one.ask(ACME)).isEqualTo(known);
    assertThat(one.isShared() && another.isShared()).isTrue();
    server.command("DEL", StoredContent.key(name));
    await()
        .untilAsserted(
            () -> {
              assertThat(one.isShared() && another.isShared()).isTrue();
              assertThat(one.ask(GLOBEX)).isEqualTo(another.ask(GLOBEX));
            });
    assertThat(specialist.sessions().callsOnOthers()).isEmpty();
  }
}
