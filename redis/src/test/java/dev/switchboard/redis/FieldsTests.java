package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.session.SessionKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Keys have a field in common only where they are equal. */
class FieldsTests {

  private static final long SEED = 20_260_301;
  private static final int KEYS = 1_000_000;

  /** Among them separators of every kind, halves of surrogate pairs, and what looks alike. */
  private static final List<String> TEXTS =
      List.of(
          "a",
          "b",
          "ab",
          "ba",
          "A",
          ".",
          "/",
          ":",
          "-",
          "_",
          "=",
          "{",
          "}",
          "\0",
          "\n",
          "%",
          "0",
          "00",
          "\u00e9",
          "e\u0301",
          "\ud83d",
          "\ude00",
          "\ud83d\ude00",
          "\uffff",
          "\u0001",
          "null");

  private static final List<String> SPECIALISTS = List.of("a", "ab", "b", "a-b", "0");

  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void distinctKeysHaveDistinctFieldsAndEqualKeysEqualOnes() {
    Map<String, SessionKey> keys = new HashMap<>();
    int equal = 0;
    for (int i = 0; i < KEYS; i++) {
      SessionKey key = key();
      SessionKey before = keys.putIfAbsent(Fields.of(key), key);
      if (before != null) {
        assertThat(key).isEqualTo(before);
        equal++;
      }
    }
    // Fields of equal keys differ nowhere where there are as many fields as keys.
    assertThat(keys.values().stream().distinct().count()).isEqualTo(keys.size());
    assertThat(equal).isBetween(KEYS / 20, KEYS - KEYS / 20);
  }

  private SessionKey key() {
    String specialist = SPECIALISTS.get(random.nextInt(SPECIALISTS.size()));
    String[] parts = new String[random.nextInt(4)];
    Arrays.setAll(parts, i -> text());
    return random.nextInt(4) == 0
        ? SessionKey.withoutTenant(specialist, parts)
        : SessionKey.of(specialist, text(), parts);
  }

  private String text() {
    String text = TEXTS.get(random.nextInt(TEXTS.size()));
    for (int more = random.nextInt(3); more > 1; more--) {
      text += TEXTS.get(random.nextInt(TEXTS.size()));
    }
    return text.isBlank() ? "x" + text : text;
  }

  @Test
  void whatReadsAlikeIsNotAlike() {
    assertThat(Fields.of(SessionKey.of("crm", "acme")))
        .isNotEqualTo(Fields.of(SessionKey.of("crma", "cme")))
        .isNotEqualTo(Fields.of(SessionKey.withoutTenant("crm", "acme")))
        .isNotEqualTo(Fields.of(SessionKey.of("crm", "acme", "acme")));
    assertThat(Fields.of(SessionKey.of("crm", "ac", "me")))
        .isNotEqualTo(Fields.of(SessionKey.of("crm", "a", "cme")))
        .isNotEqualTo(Fields.of(SessionKey.of("crm", "ac", "m", "e")));
    assertThat(Fields.of(SessionKey.of("crm", "\ud83d")))
        .isNotEqualTo(Fields.of(SessionKey.of("crm", "?")))
        .isNotEqualTo(Fields.of(SessionKey.of("crm", "\ud83e")));
  }

  @Test
  void dashesOfSpecialistsDoNotMatter() {
    assertThat(Fields.of(SessionKey.of("crm-desk", "acme")))
        .isEqualTo(Fields.of(SessionKey.of("crmdesk", "acme")))
        .isEqualTo(Fields.of(SessionKey.of("c-r-m-desk", "acme")));
  }

  @Test
  void sessionsOfOneTenantStandTogether() {
    String tenant = Fields.ofTenant("acme");
    assertThat(Fields.of(SessionKey.of("crm", "acme", "1"))).startsWith(tenant + ".");
    assertThat(Fields.of(SessionKey.of("poet", "acme", "2"))).startsWith(tenant + ".");
    assertThat(Fields.of(SessionKey.of("crm", "acm", "e1"))).doesNotStartWith(tenant + ".");
    assertThat(Fields.of(SessionKey.withoutTenant("crm", "acme"))).doesNotStartWith(tenant + ".");
  }
}
