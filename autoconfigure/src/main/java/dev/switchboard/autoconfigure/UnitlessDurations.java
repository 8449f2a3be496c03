package dev.switchboard.autoconfigure;

import dev.switchboard.InvalidDeclarationException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Refuses durations without a unit, as the annotations do; Boot would take {@code 30} for
 * milliseconds.
 */
final class UnitlessDurations extends AbstractBindHandler {

  private static final ConfigurationPropertyName OURS = ConfigurationPropertyName.of("switchboard");

  UnitlessDurations(BindHandler parent) {
    super(parent);
  }

  @Override
  public <T> @Nullable Bindable<T> onStart(
      ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
    if (target.getType().resolve() == Duration.class && OURS.isAncestorOf(name)) {
      context
          .getBinder()
          .bind(name, Bindable.of(String.class))
          .ifBound(text -> requireUnit(name, text));
    }
    return super.onStart(name, target, context);
  }

  private static void requireUnit(ConfigurationPropertyName name, String text) {
    if (text.strip().matches("[+-]?\\d+")) {
      throw new InvalidDeclarationException(
          name + " must have a unit but was " + text, "Write a unit, as in 30s.");
    }
  }
}
