package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.InvalidDeclarationException;
import java.util.Arrays;
import org.assertj.core.api.InstanceOfAssertFactories;

/** Starts with bad properties. */
final class Refusals {

  private Refusals() {}

  /** Both sides are written without {@code switchboard.} before them. */
  static void refuses(String sentence, String... properties) {
    Contexts.runner()
        .withPropertyValues(
            Arrays.stream(properties).map(text -> "switchboard." + text).toArray(String[]::new))
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .extracting(Refusals::refusalIn, InstanceOfAssertFactories.THROWABLE)
                    .hasMessage("switchboard." + sentence));
  }

  private static Throwable refusalIn(Throwable failure) {
    Throwable cause = failure;
    while (!(cause instanceof InvalidDeclarationException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
