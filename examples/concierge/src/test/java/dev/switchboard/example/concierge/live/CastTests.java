package dev.switchboard.example.concierge.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CastTests {

  @Test
  void namesDifferAndAreKnown() {
    assertThat(IntStream.range(0, Cast.size()).mapToObj(Cast::name))
        .hasSizeGreaterThan(300)
        .doesNotHaveDuplicates()
        .allMatch(Cast::has);
    assertThat(Cast.has("confidential-gmbh")).isFalse();
  }

  @Test
  void firstComesAgainAfterTheLast() {
    assertThat(Cast.name(Cast.size())).isEqualTo(Cast.name(0));
  }
}
