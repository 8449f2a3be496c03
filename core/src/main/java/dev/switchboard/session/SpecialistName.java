package dev.switchboard.session;

import org.jspecify.annotations.Nullable;

/** A specialist's name; two that are alike but for dashes are equal. */
final class SpecialistName {

  private final String text;
  private final String canonical;

  private SpecialistName(String text, String canonical) {
    this.text = text;
    this.canonical = canonical;
  }

  /** Reads a name, or throws an {@link IllegalArgumentException} that says what is allowed. */
  static SpecialistName of(String text) {
    String canonical = text.replace("-", "");
    if (canonical.isEmpty() || !canonical.chars().allMatch(SpecialistName::isAllowed)) {
      throw new IllegalArgumentException(
          "a specialist's name must match [a-z0-9-]+ but was '" + text + "'");
    }
    return new SpecialistName(text, canonical);
  }

  /** Whether a bean's name or qualifier, in camel case or with dashes, is this name. */
  boolean matches(String beanName) {
    return canonical.equalsIgnoreCase(beanName.replace("-", ""));
  }

  private static boolean isAllowed(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof SpecialistName that && canonical.equals(that.canonical));
  }

  @Override
  public int hashCode() {
    return canonical.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
