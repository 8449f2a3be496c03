package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionKeyTests {

  @Test
  void keysAreEqualOnlyWhenEveryPartIs() {
    SessionKey key = SessionKey.of("marketing", "acme", "u1", "c1");

    assertThat(key).isEqualTo(SessionKey.of("marketing", "acme", "u1", "c1"));
    assertThat(key).hasSameHashCodeAs(SessionKey.of("marketing", "acme", "u1", "c1"));
    assertThat(key)
        .isNotEqualTo(SessionKey.of("storefront", "acme", "u1", "c1"))
        .isNotEqualTo(SessionKey.of("marketing", "acmeu1", "c1"))
        .isNotEqualTo(SessionKey.of("marketing", "acme", "u1c1"))
        .isNotEqualTo(SessionKey.of("marketing", "acme", "c1", "u1"))
        .isNotEqualTo(SessionKey.withoutTenant("marketing", "acme", "u1", "c1"));
  }

  @Test
  void distinctRandomPartsAreDistinctKeysThatPrintDistinctHashes() {
    Random random = new Random(42);
    Set<SessionKey> keys = new HashSet<>();
    Set<String> printed = new HashSet<>();
    Set<String> written = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      String tenant = "t" + "/:#\u0000".charAt(random.nextInt(4)) + random.nextInt(50);
      String part = "p" + "/:#\u0000".charAt(random.nextInt(4)) + random.nextInt(50);
      written.add(tenant.length() + "|" + tenant + part);
      keys.add(SessionKey.of("crm", tenant, part));
      printed.add(SessionKey.of("crm", tenant, part).toString());
    }
    assertThat(keys).hasSameSizeAs(written);
    assertThat(printed).hasSameSizeAs(written);
  }

  @Test
  void namesAlikeButForDashesAreTheSameSpecialist() {
    assertThat(SessionKey.of("booking-desk", "acme"))
        .isEqualTo(SessionKey.of("bookingdesk", "acme"));
    assertThat(SessionKey.of("booking-desk", "acme").specialist()).isEqualTo("booking-desk");
  }

  @Test
  void printsNoTenantAndNoPart() {
    assertThat(SessionKey.of("marketing", "acme", "alice").toString())
        .matches("marketing#[0-9a-f]{12}")
        .doesNotContain("acme", "alice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "Marketing", "mar keting", "marketing/", "märketing"})
  void namesOutsideTheAlphabetAreRefused(String name) {
    assertThatThrownBy(() -> SessionKey.of(name, "acme"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a specialist's name must match [a-z0-9-]+ but was '" + name + "'");
  }

  @Test
  @SuppressWarnings("NullAway")
  void aMissingTenantIsRefusedAndNeverShared() {
    assertThatThrownBy(() -> SessionKey.of("crm", (String) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the tenant of a session key must not be null");
    assertThatThrownBy(() -> SessionKey.of("crm", "acme", "user", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("part 2 of a session key must not be null");
  }

  @Test
  void blankAndOverlongPartsAreRefusedWithoutBeingPrinted() {
    String secret = "s3cret".repeat(100);
    assertThatThrownBy(() -> SessionKey.of("crm", " "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the tenant of a session key must not be blank");
    assertThatThrownBy(() -> SessionKey.of("crm", "acme", secret))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("part 1 of a session key must have at most 512 characters but has 600");
  }
}
