package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.ReadOnlyExpression;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdTests {

  public record Turn(@Nullable String id, Map<String, Object> state) {}

  interface Desk<T> {
    void inherited(String message, @RequestId("id") T turn);
  }

  static class BookingDesk implements Desk<Turn> {

    void several(@RequestId String tenant, String message, @RequestId("state['turn']") Turn turn) {}

    void none(String message) {}

    @Override
    public void inherited(String message, Turn turn) {}
  }

  private static @Nullable List<String> ids(String name, @Nullable Object... arguments) {
    Method method =
        Arrays.stream(BookingDesk.class.getDeclaredMethods())
            .filter(declared -> declared.getName().equals(name) && !declared.isBridge())
            .findFirst()
            .orElseThrow();
    return new RequestIds(method, "BookingDesk." + name).of(arguments, false);
  }

  @Test
  void severalComposeInTheirOrder() {
    assertThat(ids("several", "acme", "hello", new Turn("7", Map.of("turn", 3))))
        .containsExactly("acme", "3");
  }

  @Test
  void methodWithoutAnyNamesNoRequest() {
    assertThat(ids("none", "hello")).isNull();
  }

  @Test
  void annotationOnTheInterfaceCounts() {
    assertThat(ids("inherited", "hello", new Turn("7", Map.of()))).containsExactly("7");
  }

  @Test
  void nullOrBlankValueFailsTheCallWithoutTheValues() {
    String message =
        "@RequestId on parameter 1 of BookingDesk.several: the value must not be blank";
    assertThatThrownBy(() -> ids("several", null, "hello", null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> ids("several", "  ", "hello", null)).hasMessage(message);
    assertThatThrownBy(() -> ids("several", "acme", "hello", new Turn("7", Map.of())))
        .hasMessage(
            "@RequestId on parameter 3 of BookingDesk.several: the value must not be blank");
  }

  private static Turn turn(String secret) {
    return new Turn("7", Map.of("turn", List.of(secret)));
  }

  @Test
  void valueOfTheGreatestLengthNamesARequest() {
    String longest = "x".repeat(512);
    assertThat(ids("several", longest, "hello", new Turn("7", Map.of("turn", 3))))
        .containsExactly(longest, "3");
  }

  @Test
  void overlongAndCompositeValuesFailTheCallWithoutBeingPrinted() {
    assertThatThrownBy(() -> ids("several", "s3cret".repeat(100), "hello", null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "@RequestId on parameter 1 of BookingDesk.several: the value must have at most 512"
                + " characters but has 600");
    assertThatThrownBy(() -> ids("several", "acme", "hello", turn("s3cret")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "@RequestId on parameter 3 of BookingDesk.several: the value must be a simple one"
                + " but is a List12");
  }

  @Test
  void valueThatCannotBeReadFailsTheCallWithoutTheValues() {
    assertThatThrownBy(() -> ids("inherited", "hello", "secret"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            "@RequestId on parameter 2 of BookingDesk.inherited: the value cannot be read: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "getId()",
        "new String('a')",
        "T(java.lang.Math).PI",
        "@bean",
        "id = 'x'",
        "#root",
        "#other",
        "id + 'x'",
        "id[0].toString()",
        "{1, 2}",
        "state.![id]",
        "id++",
        "state[id = 'x']"
      })
  void expressionsThatActAreRefused(String expression) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReadOnlyExpression.parse(expression, Object.class, null))
        .withMessage("must be made of properties, indexes and literals only but was " + expression);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"id", "turn.id", "state['turn']", "list[0].id", "turn?.id", "state[turn.id]"})
  void expressionsThatReadAreAllowed(String expression) {
    assertThat(ReadOnlyExpression.parse(expression, Object.class, null)).isNotNull();
  }
}
