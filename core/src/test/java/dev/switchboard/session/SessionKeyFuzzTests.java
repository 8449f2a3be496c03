package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Keys are confused by no separator, no character and no missing part. */
class SessionKeyFuzzTests {

  /** What a key is made of; a tenant may be missing, a part may not. */
  record Parts(@Nullable String tenant, List<String> further) {

    SessionKey key() {
      String[] parts = further.toArray(String[]::new);
      return tenant == null
          ? SessionKey.withoutTenant("crm", parts)
          : SessionKey.of("crm", tenant, parts);
    }
  }

  @Provide
  Arbitrary<Parts> fewLetters() {
    Arbitrary<String> texts =
        Arbitraries.of("a", "b", ":", "/", "\0", "\n", ".", "%3A", "null", "\ud83d", "\ude00", "é")
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(letters -> "x" + String.join("", letters));
    return Combinators.combine(texts.injectNull(0.2), texts.list().ofMaxSize(3)).as(Parts::new);
  }

  @Property
  void keysAreEqualWhereTheirPartsAre(
      @ForAll("fewLetters") Parts one, @ForAll("fewLetters") Parts other) {
    assertThat(one.key().equals(other.key())).isEqualTo(one.equals(other));
    assertThat(one.key().toString().equals(other.key().toString())).isEqualTo(one.equals(other));
    assertThat(one.key()).isEqualTo(one.key()).hasSameHashCodeAs(one.key());
  }

  @Example
  void halvesOfACharacterPrintApart() {
    assertThat(SessionKey.of("crm", "x\ud83d").toString())
        .isNotEqualTo(SessionKey.of("crm", "x\ude00").toString());
  }

  @Property
  void aPartMovedToItsNeighbourMakesAnotherKey(@ForAll("fewLetters") Parts parts) {
    if (parts.tenant() != null && !parts.further().isEmpty()) {
      String joined = parts.tenant() + parts.further().get(0);
      List<String> rest = parts.further().subList(1, parts.further().size());
      assertThat(new Parts(joined, rest).key()).isNotEqualTo(parts.key());
      assertThat(new Parts(null, List.of(joined)).key()).isNotEqualTo(parts.key());
    }
  }
}
