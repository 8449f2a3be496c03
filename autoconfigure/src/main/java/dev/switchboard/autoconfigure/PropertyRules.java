package dev.switchboard.autoconfigure;

import dev.switchboard.InvalidDeclarationException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** Says in terms of properties what an engine says about its settings; has no rules of its own. */
final class PropertyRules {

  /** As in {@code maxSize must be at least 1 but was 0}. */
  private static final Pattern SETTING = Pattern.compile("(?:AdkConnector: )?(\\w+) (must .*)");

  private PropertyRules() {}

  /**
   * Makes settings from the properties below {@code prefix}.
   *
   * @throws InvalidDeclarationException naming the property where the engine refuses its value
   */
  static <T> T under(String prefix, Supplier<T> settings) {
    try {
      return settings.get();
    } catch (IllegalArgumentException e) {
      throw refusal(prefix, String.valueOf(e.getMessage()), e);
    }
  }

  private static InvalidDeclarationException refusal(
      String prefix, String rule, IllegalArgumentException cause) {
    Matcher setting = SETTING.matcher(rule);
    String property = setting.matches() ? prefix + "." + property(setting.group(1)) : prefix;
    String problem = setting.matches() ? property + " " + setting.group(2) : prefix + ": " + rule;
    InvalidDeclarationException refusal =
        new InvalidDeclarationException(problem, "Correct " + property + ".");
    refusal.initCause(cause);
    return refusal;
  }

  /** What is one word in the engines' settings, {@code budgetCost}, is a group of properties. */
  private static String property(String setting) {
    return DataObjectPropertyName.toDashedForm(setting).replaceFirst("^budget-", "budget.");
  }
}
