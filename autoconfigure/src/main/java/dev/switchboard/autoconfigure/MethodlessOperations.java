package dev.switchboard.autoconfigure;

import dev.switchboard.InvalidDeclarationException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Refuses a setting of one operation that does not name class and method; Boot would say that it
 * cannot convert its value.
 */
final class MethodlessOperations extends AbstractBindHandler {

  private static final ConfigurationPropertyName OPERATIONS =
      ConfigurationPropertyName.of("switchboard.retry.operations");

  MethodlessOperations(BindHandler parent) {
    super(parent);
  }

  @Override
  public <T> @Nullable Bindable<T> onStart(
      ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
    Class<?> type = target.getType().resolve();
    if (OPERATIONS.isAncestorOf(name)
        && (type == Map.class || type == RetryProperties.Operation.class)) {
      context.getBinder().bind(name, Bindable.of(String.class)).ifBound(text -> refuse(name));
    }
    return super.onStart(name, target, context);
  }

  private static void refuse(ConfigurationPropertyName name) {
    throw new InvalidDeclarationException(
        name + " must have a class and a method before the setting",
        "Write switchboard.retry.operations.<Class>.<method>.<setting>, without brackets.");
  }
}
