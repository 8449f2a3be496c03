package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** Whatever text is given for a duration, it is one or is refused with a rule. */
class DurationsFuzzTests {

  @Property
  void anyTextIsDurationOrRefused(@ForAll String text) {
    assertPositiveOrRefused(text);
  }

  @Property
  void whatIsNearlyDurationIsOneOrRefused(@ForAll("nearlyDurations") String text) {
    assertPositiveOrRefused(text);
  }

  private static void assertPositiveOrRefused(String text) {
    Duration parsed;
    try {
      parsed = Durations.parse("ttl", text);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageStartingWith("ttl must ").hasMessageEndingWith(text);
      return;
    }
    assertThat(parsed).isPositive();
    assertThat(Durations.nanos(parsed)).isPositive();
    assertThat(Durations.print(parsed)).isNotBlank();
  }

  @Provide
  Arbitrary<String> nearlyDurations() {
    return Arbitraries.of(
            "1",
            "9",
            "0",
            "99999999999",
            "-",
            "+",
            ".",
            " ",
            "P",
            "T",
            "D",
            "H",
            "M",
            "S",
            "ns",
            "us",
            "ms",
            "s",
            "m",
            "h",
            "d",
            "PT",
            "P1D",
            "1h",
            "30m",
            "٣",
            "\u0000",
            "(",
            ")")
        .list()
        .ofMaxSize(8)
        .map(parts -> String.join("", parts));
  }

  @Property
  void whatIsPrintedIsReadBack(@ForAll @LongRange(min = 1) long nanos) {
    Duration duration = Duration.ofNanos(nanos);
    assertThat(Durations.parse("ttl", duration.toString())).isEqualTo(duration);
    assertThat(Durations.parse("ttl", Durations.print(duration))).isEqualTo(duration);
  }

  @Property
  void whatIsNotPositiveIsRefused(@ForAll @LongRange(min = Long.MIN_VALUE, max = 0) long nanos) {
    assertThatThrownBy(() -> Durations.parse("ttl", Duration.ofNanos(nanos).toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("ttl must be positive but was ");
  }
}
