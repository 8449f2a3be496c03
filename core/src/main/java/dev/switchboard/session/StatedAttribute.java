package dev.switchboard.session;

import dev.switchboard.InvalidDeclarationException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An attribute of {@link SpecialistSession} that belongs to the specialist, so that all who state
 * it must agree.
 *
 * @param name as in the annotation
 * @param of what an annotation or a property states, or null
 */
record StatedAttribute(String name, Function<SpecialistSettings, @Nullable Object> of) {

  static final List<StatedAttribute> ALL =
      List.of(
          new StatedAttribute("ttl", SpecialistSettings::ttl),
          new StatedAttribute("idleTimeout", SpecialistSettings::idleTimeout),
          new StatedAttribute("maxSize", SpecialistSettings::maxSize));

  /**
   * Compares what the operations of one specialist state, unless a property settles it.
   *
   * @throws InvalidDeclarationException naming the first two that differ
   */
  void checkAgreed(
      SessionSettings settings, SpecialistName specialist, List<SessionOperation> operations) {
    if (of.apply(settings.settingsOf(specialist)) != null) {
      return;
    }
    SessionOperation first = null;
    for (SessionOperation operation : operations) {
      Object stated = of.apply(operation.stated());
      if (stated == null) {
        continue;
      }
      if (first == null) {
        first = operation;
      } else if (!stated.equals(of.apply(first.stated()))) {
        throw new InvalidDeclarationException(
            "%s: %s of specialist '%s' must be one value but was %s, and %s on %s"
                .formatted(
                    operation.place(),
                    name,
                    specialist,
                    print(stated),
                    print(of.apply(first.stated())),
                    first.name()),
            "State it on one method, or set switchboard.specialists.%s.%s."
                .formatted(specialist, StatedSettings.property(name)));
      }
    }
  }

  private static String print(@Nullable Object value) {
    return value instanceof Duration duration ? Durations.print(duration) : String.valueOf(value);
  }
}
