package dev.switchboard.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.session.SessionKey;
import dev.switchboard.session.Token;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is stored is read back; whatever else stands there is no session, or one that could be. */
class StoredSessionFuzzTests {

  private static String record(SessionKey key, String id, String flags, Token token) {
    String payload = StoredSession.payload(key, id, StoredContent.PLAIN);
    return "1" + flags + StoredSession.text(token) + "0".repeat(15) + payload;
  }

  private static @Nullable StoredSession read(String record) {
    return StoredSession.read(record.getBytes(ISO_8859_1), StoredContent.PLAIN);
  }

  @Provide
  Arbitrary<String> parts() {
    return Arbitraries.strings().ofMinLength(1).ofMaxLength(20).filter(text -> !text.isBlank());
  }

  @Property
  void whatIsStoredIsReadBack(
      @ForAll("parts") String tenant,
      @ForAll @Size(max = 3) List<@AlphaChars @StringLength(min = 1, max = 9) String> further,
      @ForAll @AlphaChars @StringLength(min = 1, max = 300) String id,
      @ForAll long high,
      @ForAll long low,
      @ForAll boolean used,
      @ForAll boolean learned) {
    SessionKey key = SessionKey.of("crm-desk", tenant, further.toArray(String[]::new));
    String flags = (used ? "U" : "F") + (learned ? "L" : "O");
    assertThat(read(record(key, id, flags, new Token(high, low))))
        .isEqualTo(new StoredSession(key, id, new Token(high, low), used, learned));
  }

  @Property
  void whatIsNearlyRecordIsReadableOrNone(
      @ForAll("parts") String tenant,
      @ForAll @IntRange(max = 120) int at,
      @ForAll @IntRange(max = 12) int cut,
      @ForAll @StringLength(max = 12) String pasted) {
    String record = record(SessionKey.of("crm", tenant, "p"), "id-1", "UL", new Token(at, cut));
    Assume.that(at + cut <= record.length());
    assertReadableOrNone(record.substring(0, at) + pasted + record.substring(at + cut));
  }

  @Property
  void anyPayloadIsReadableOrNone(@ForAll byte[] payload) {
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(payload);
    assertReadableOrNone("1FO" + "0".repeat(47) + text);
  }

  @Property
  void anyBytesAreNoSession(@ForAll byte[] bytes) {
    assertThat(StoredSession.read(bytes, StoredContent.PLAIN)).isNull();
  }

  private static void assertReadableOrNone(String record) {
    StoredSession read = read(record);
    if (read != null) {
      assertThat(read.id()).isNotBlank().doesNotContainPattern("\\p{Cntrl}");
      assertThat(read.id().getBytes(UTF_8).length).isLessThanOrEqualTo(4096);
      assertThat(Objects.requireNonNull(read.key().tenant())).isNotBlank();
      assertThat(read.toString()).doesNotContain(read.id() + ",");
    }
  }

  @Test
  void idsThatNoConnectorMayGiveAreNone() {
    SessionKey key = SessionKey.of("crm", "acme");
    Token token = new Token(1, 2);
    assertThat(read(record(key, "id", "FO", token))).isNotNull();
    assertThat(read(record(key, "id\r\nX-Admin: true", "FO", token))).isNull();
    assertThat(read(record(key, "\0", "FO", token))).isNull();
    assertThat(read(record(key, " ", "FO", token))).isNull();
    assertThat(read(record(key, "x".repeat(4097), "FO", token))).isNull();
    assertThat(read(record(key, "x".repeat(4096), "FO", token))).isNotNull();
  }
}
