package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadOnlyExpressionTests {

  /** More than Spring needs to compile an expression, and to give that up. */
  private static final int OFTEN = 300;

  /** Has a tenant. */
  public interface Call {
    @Nullable Object getTenant();
  }

  /** In one class. */
  public record Chat(@Nullable Object getTenant) implements Call {}

  /** In another, which only its package sees. */
  record Mail(@Nullable Object getTenant) implements Call {}

  /** Fails with what nobody may see. */
  public static final class Broken implements Call {
    @Override
    public Object getTenant() {
      throw new IllegalArgumentException("secret");
    }
  }

  /** With a component. */
  public record Customer(String id) {}

  /** With a field. */
  public static final class Point {
    public final int x = 7;
  }

  private final ReadOnlyExpression expression =
      ReadOnlyExpression.parse("tenant", Object.class, null);

  @Test
  void readsTheSameHoweverOften() {
    ReadOnlyExpression path = ReadOnlyExpression.parse("tenant.id", Object.class, null);
    ReadOnlyExpression entry = ReadOnlyExpression.parse("tenant['a'][1]", Object.class, null);
    for (int i = 0; i < OFTEN; i++) {
      assertThat(path.read(new Chat(new Customer("acme" + i)))).isEqualTo("acme" + i);
      assertThat(entry.read(new Chat(Map.of("a", List.of(1, i))))).isEqualTo(i);
    }
  }

  @Test
  void isRefusedWhereNoArgumentCanHaveItsFirstProperty() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReadOnlyExpression.parse("idd.length", Customer.class, null))
        .withMessage("must begin with a property of Customer but was idd.length");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReadOnlyExpression.parse("id", String.class, null))
        .withMessage("must begin with a property of String but was id");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReadOnlyExpression.parse("id", int.class, null));
  }

  @Test
  void isNotRefusedWhereAnArgumentMayHaveIt() {
    List.of(Call.class, Object.class, Map.class, String[].class, Optional.class, Class.class)
        .forEach(
            type ->
                assertThat(ReadOnlyExpression.parse("present", type, null)).hasToString("present"));
    assertThat(ReadOnlyExpression.parse("id.length", Customer.class, null)).isNotNull();
    assertThat(ReadOnlyExpression.parse("tenant", Broken.class, null)).isNotNull();
    assertThat(ReadOnlyExpression.parse("['a']", Customer.class, null)).isNotNull();
    assertThat(ReadOnlyExpression.parse("declaringClass", Thread.State.class, null)).isNotNull();
    assertThat(ReadOnlyExpression.parse("x", Point.class, null).read(new Point())).isEqualTo(7);
  }

  @Test
  void readsArgumentsOfSeveralTypesInTurn() {
    for (int i = 0; i < OFTEN; i++) {
      assertThat(expression.read(new Chat("acme" + i))).isEqualTo("acme" + i);
      assertThat(expression.read(new Mail(i))).isEqualTo(i);
      assertThat(expression.read(new Chat(null))).isNull();
    }
  }

  @Test
  void tellsWhyThereIsNothingButNotWhatWasThere() {
    for (int i = 0; i < OFTEN; i++) {
      assertThat(expression.read(new Chat("acme"))).isEqualTo("acme");
      assertThatIllegalStateException()
          .isThrownBy(() -> expression.read(new Broken()))
          .withMessage("exception during property read")
          .withNoCause();
      assertThatIllegalStateException()
          .isThrownBy(() -> expression.read(null))
          .withMessage("property or field not readable on null");
      assertThatIllegalStateException()
          .isThrownBy(() -> expression.read(Collections.emptyList()))
          .withMessage("property or field not readable");
    }
  }
}
