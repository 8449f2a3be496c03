package dev.switchboard.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.Token;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sessions as they are stored: encrypted, exchanged keys, damaged. */
class SessionCodecTests {

  private static final long SEED = 20_260_302;
  private static final int MUTATIONS = 10_000;
  private static final String CANARY = "canary-tenant-7";
  private static final SessionKey KEY = Instance.key(CANARY, "canary-part");
  private static final String ID = "canary-id-1234567890";

  private final MemorySpecialist specialist = new MemorySpecialist();

  private static AesGcmCodec codec(int current, int... ids) {
    Map<Byte, byte[]> keys = new java.util.HashMap<>();
    for (int id : ids) {
      byte[] key = new byte[32];
      Arrays.fill(key, (byte) (17 * id));
      keys.put((byte) id, key);
    }
    return new AesGcmCodec(keys, (byte) current);
  }

  private Instance start(RedisServerProcess server, SessionCodec codec) {
    return Instance.start(server.port(), specialist, store -> Instance.patient(store).codec(codec));
  }

  /** Every value of the server, and every Base64 text in it decoded. */
  private static String everything(RedisServerProcess server) {
    StringBuilder all = new StringBuilder();
    for (Object key : (List<?>) Objects.requireNonNull(server.command("KEYS", "*"))) {
      all.append(key).append(server.command("DUMP", (String) key));
      if (((String) key).endsWith("sessions") || ((String) key).endsWith("closings")) {
        for (Object value : values(server, (String) key)) {
          all.append(value);
          String payload = ((String) value).substring(((String) value).length() > 50 ? 50 : 0);
          all.append(new String(Base64.getUrlDecoder().decode(payload), ISO_8859_1));
        }
      }
    }
    return all.toString();
  }

  private static List<?> values(RedisServerProcess server, String key) {
    return (List<?>) Objects.requireNonNull(server.command("HVALS", key));
  }

  @Test
  void nothingOfSessionCanBeReadWhereItIsEncrypted() {
    try (RedisServerProcess server = RedisServerProcess.start();
        Instance plain = start(server, StoredContent.PLAIN)) {
      String id = plain.ask(KEY);
      // Or the test would look in the wrong place.
      assertThat(everything(server)).contains(id, CANARY, "canary-part");
      server.command("FLUSHALL");
      try (Instance one = start(server, codec(1, 1));
          Instance another = start(server, codec(1, 1))) {
        String secret = one.ask(KEY);
        assertThat(another.ask(KEY)).isEqualTo(secret);
        assertThat(everything(server)).doesNotContain(secret, CANARY, "canary-part", "crmdesk\0");
      }
    }
  }

  @Test
  void everyEncodingIsAnother() {
    AesGcmCodec codec = codec(1, 1);
    Set<String> encoded = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      encoded.add(StoredSession.payload(KEY, ID, codec));
    }
    assertThat(encoded).hasSize(1_000);
  }

  @Test
  void exchangedKeyReadsWhatWasEncryptedBefore() {
    try (RedisServerProcess server = RedisServerProcess.start();
        Instance before = start(server, codec(1, 1))) {
      String id = before.ask(KEY);
      try (Instance after = start(server, codec(2, 1, 2))) {
        assertThat(after.ask(KEY)).isEqualTo(id);
      }
    }
  }

  @Test
  void whatAnotherKeyHasEncryptedIsMissAndIsReopened() {
    try (RedisServerProcess server = RedisServerProcess.start()) {
      String id;
      try (Instance before = start(server, codec(1, 1))) {
        id = before.ask(KEY);
      }
      try (Instance one = start(server, codec(2, 2));
          Instance another = start(server, codec(2, 2))) {
        String next = one.ask(KEY);
        assertThat(next).isNotEqualTo(id);
        assertThat(another.ask(KEY)).isEqualTo(next);
        assertThat(new StoredContent(server).sessions()).isEqualTo(1);
      }
    }
  }

  @Test
  void keysOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> new AesGcmCodec(Map.of((byte) 1, new byte[16]), (byte) 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] record(SessionCodec codec) {
    String columns = "1UO" + StoredSession.text(new Token(1, 2)) + "000001700000000";
    return (columns + StoredSession.payload(KEY, ID, codec)).getBytes(ISO_8859_1);
  }

  private static @Nullable Session read(byte[] record, SessionCodec codec) {
    return new KnownSessions(codec, () -> 0).read(KEY, record, 0);
  }

  private static byte[] mutated(byte[] record, SplittableRandom random) {
    byte[] mutated = record.clone();
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(mutated.length);
      switch (random.nextInt(4)) {
        case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutated[at] = (byte) random.nextInt(256);
        case 2 -> mutated[at] = mutated[random.nextInt(mutated.length)];
        default -> mutated = Arrays.copyOf(mutated, at + random.nextInt(3));
      }
      if (mutated.length == 0) {
        return mutated;
      }
    }
    return mutated;
  }

  @Test
  void damagedRecordsAreMissesOrStillTheSame() {
    AesGcmCodec codec = codec(1, 1);
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] encrypted = record(codec);
    byte[] plain = record(StoredContent.PLAIN);
    assertThat(Objects.requireNonNull(read(encrypted, codec)).id()).isEqualTo(ID);
    assertThat(Objects.requireNonNull(read(plain, StoredContent.PLAIN)).id()).isEqualTo(ID);
    int same = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      Session session = read(mutated(encrypted, random), codec);
      if (session != null) {
        // The columns before the payload are not its.
        assertThat(session.key()).isEqualTo(KEY);
        assertThat(session.id()).isEqualTo(ID);
        same++;
      }
      Session unencrypted = read(mutated(plain, random), StoredContent.PLAIN);
      if (unencrypted != null) {
        // Only a codec that authenticates can tell a changed id.
        assertThat(unencrypted.key()).isEqualTo(KEY);
      }
    }
    assertThat(same).isBetween(1, MUTATIONS / 2);
  }

  @Test
  void damagedRecordOfSessionInUseIsMissOrTheSame() {
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] plain = record(StoredContent.PLAIN);
    KnownSessions known = new KnownSessions(StoredContent.PLAIN, () -> 0);
    Session session = Objects.requireNonNull(known.read(KEY, plain, 0));
    int same = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = mutated(plain, random);
      // One whose token has changed is another session.
      if (mutated.length > 35 && Arrays.equals(mutated, 3, 35, plain, 3, 35)) {
        Session read = known.read(KEY, mutated, 0);
        assertThat(read).isIn(session, null);
        same += read == session ? 1 : 0;
      }
    }
    assertThat(same).isPositive();
  }
}
