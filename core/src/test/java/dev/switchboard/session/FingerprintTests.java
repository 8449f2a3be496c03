package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is printed instead of secrets tells them apart and nothing about them. */
class FingerprintTests {

  @Test
  void idsAreToldApart() {
    assertThat(Fingerprint.of("one")).isEqualTo(Fingerprint.of("one"));
    assertThat(Fingerprint.of("one")).isNotEqualTo(Fingerprint.of("two"));
  }

  @Test
  void keysAreToldApartByEachOfTheirParts() {
    List<SessionKey> keys =
        List.of(
            SessionKey.of("crm", "acme"),
            SessionKey.of("desk", "acme"),
            SessionKey.of("crm", "globex"),
            SessionKey.of("crm", "acme", "alice"),
            SessionKey.of("crm", "acme", "bob"));
    assertThat(keys.stream().map(Fingerprint::of)).doesNotHaveDuplicates();
  }

  @Test
  void whoKnowsAnIdCannotFindItInALog() throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(10).putInt(3).putChar('o').putChar('n').putChar('e');
    byte[] plain = MessageDigest.getInstance("SHA-256").digest(bytes.array());
    assertThat(Fingerprint.of("one"))
        .hasSize(12)
        .isNotEqualTo(HexFormat.of().formatHex(plain, 0, 6));
  }
}
