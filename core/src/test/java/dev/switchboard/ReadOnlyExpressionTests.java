package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Collections;
import java.util.List;
import java.util.Map;
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

  private final ReadOnlyExpression expression = ReadOnlyExpression.parse("tenant", null);

  @Test
  void readsTheSameHoweverOften() {
    ReadOnlyExpression path = ReadOnlyExpression.parse("tenant.id", null);
    ReadOnlyExpression entry = ReadOnlyExpression.parse("tenant['a'][1]", null);
    for (int i = 0; i < OFTEN; i++) {
      assertThat(path.read(new Chat(new Customer("acme" + i)))).isEqualTo("acme" + i);
      assertThat(entry.read(new Chat(Map.of("a", List.of(1, i))))).isEqualTo(i);
    }
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
