package dev.switchboard.micrometer;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import org.jspecify.annotations.Nullable;

/**
 * How invocations are named and tagged: {@code switchboard.invocation} with {@code specialist} and
 * {@code operation}. Applications override what they want otherwise and declare a bean.
 *
 * @since 0.1
 */
public interface InvocationObservationConvention
    extends ObservationConvention<InvocationObservationContext> {

  /** The convention where there is no other. */
  InvocationObservationConvention STANDARD = new InvocationObservationConvention() {};

  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof InvocationObservationContext;
  }

  @Override
  default String getName() {
    return "switchboard.invocation";
  }

  @Override
  default @Nullable String getContextualName(InvocationObservationContext context) {
    return context.getOperation() != null ? context.getOperation() : context.getSpecialist();
  }

  @Override
  default KeyValues getLowCardinalityKeyValues(InvocationObservationContext context) {
    return KeyValues.of(
        KeyValue.of("specialist", orNone(context.getSpecialist())),
        KeyValue.of("operation", orNone(context.getOperation())));
  }

  private static String orNone(@Nullable String value) {
    return value == null ? KeyValue.NONE_VALUE : value;
  }
}
