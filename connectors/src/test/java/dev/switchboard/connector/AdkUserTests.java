package dev.switchboard.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.session.SessionKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdkUserTests {

  /** What is most likely to collide: what escapes are made of, and what they hide. */
  private static final String[] ATOMS = {
    "~",
    "~~",
    ":",
    "~3A",
    "~2F",
    "/",
    "%2F",
    "2",
    "F",
    "a",
    "A",
    ".",
    "..",
    "@",
    "é",
    "e\u0301",
    "\uD83D\uDE00",
    "\u0000",
    "\uFFFD",
    " ",
    "-",
    "_"
  };

  @ParameterizedTest
  @CsvSource({
    "acme, acme",
    "ACME_42.eu-1@x, ACME_42.eu-1@x",
    "a/b, a~2Fb",
    "../x, ..~2Fx",
    "., ~2E",
    ".., ~2E~2E",
    "..., ...",
    "a:b, a~3Ab",
    "a~b, a~7Eb",
    "a%2Fb, a~252Fb",
    "é, ~C3~A9",
    "\uD83D\uDE00, ~F0~9F~98~80"
  })
  void tenantIsEscapedByteForByte(String tenant, String user) {
    assertThat(AdkUser.of(SessionKey.of("marketing", tenant))).isEqualTo(user);
  }

  @Test
  void partsAreJoinedAndAMissingTenantIsToldApart() {
    assertThat(AdkUser.of(SessionKey.of("marketing", "acme", "u:1", "..")))
        .isEqualTo("acme:u~3A1:~2E~2E");
    assertThat(AdkUser.of(SessionKey.withoutTenant("marketing", "acme"))).isEqualTo("~:acme");
    assertThat(AdkUser.of(SessionKey.withoutTenant("marketing"))).isEqualTo("~");
  }

  @Test
  void differentKeysHaveDifferentUsers() {
    Random random = new Random(7);
    Map<String, SessionKey> keys = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      SessionKey key = randomKey(random);
      String user = AdkUser.of(key);
      assertThat(keys.getOrDefault(user, key)).isEqualTo(key);
      keys.put(user, key);
    }
    assertThat(keys).hasSizeGreaterThan(20_000);
    assertThat(keys.keySet())
        .allSatisfy(user -> assertThat(user).matches("[A-Za-z0-9._@:~-]+").isNotIn(".", ".."));
  }

  private static SessionKey randomKey(Random random) {
    String[] parts = new String[random.nextInt(3)];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = randomPart(random);
    }
    return random.nextInt(5) == 0
        ? SessionKey.withoutTenant("marketing", parts)
        : SessionKey.of("marketing", randomPart(random), parts);
  }

  private static String randomPart(Random random) {
    StringBuilder part = new StringBuilder();
    do {
      part.append(
          random.nextInt(4) == 0 ? randomCharacter(random) : ATOMS[random.nextInt(ATOMS.length)]);
    } while (part.toString().isBlank() || random.nextInt(3) > 0);
    return part.toString();
  }

  private static String randomCharacter(Random random) {
    int codePoint = random.nextInt(Character.MAX_CODE_POINT + 1);
    return Character.getType(codePoint) == Character.SURROGATE
        ? "s"
        : Character.toString(codePoint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret\uD83D", "\uDE00secret", "sec\uDE00\uD83Dret"})
  void unpairedSurrogatesAreRefusedWithoutBeingPrinted(String part) {
    assertThatThrownBy(() -> AdkUser.of(SessionKey.of("marketing", "acme", part)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a tenant or part of a session key must not have unpaired surrogates")
        .hasNoCause();
  }
}
