package dev.switchboard;

import org.jspecify.annotations.Nullable;

/**
 * A setting in force and where it was made.
 *
 * @param name as in properties: {@code idle-timeout}
 * @param value a duration, a number or names; null for no limit
 * @param origin the property, the annotation with its place, or {@code default}; where a settings
 *     bean replaces the properties, the property that it stands for
 * @since 0.1
 */
public record Setting(String name, @Nullable Object value, String origin) {

  /** The origin of what nobody has set. */
  public static final String DEFAULT = "default";
}
