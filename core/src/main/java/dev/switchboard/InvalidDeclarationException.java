package dev.switchboard;

/**
 * What was declared (an annotation, a setting, a bean) cannot work; stops startup. The message is
 * one sentence that names class, method, attribute, value and rule.
 *
 * @since 0.1
 */
public class InvalidDeclarationException extends IllegalStateException implements NonRetryable {

  private static final long serialVersionUID = 1L;

  /** What to write instead. */
  private final String action;

  /**
   * Creates the error.
   *
   * @param problem one sentence: where, what was written, and the rule it breaks
   * @param action what to write instead
   */
  public InvalidDeclarationException(String problem, String action) {
    super(problem);
    this.action = action;
  }

  /**
   * Tells what to write instead.
   *
   * @return one or two sentences, in the imperative
   */
  public String action() {
    return action;
  }
}
