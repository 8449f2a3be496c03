package dev.switchboard.session;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whose conversation, and with whom: a specialist, a tenant and any further parts. Two keys are
 * equal only when every part is; specialists' names alike but for dashes are the same specialist.
 *
 * <p>Immutable. {@link #toString} prints a salted hash, never a tenant or a part.
 *
 * @since 0.1
 */
public final class SessionKey {

  /** The longest a tenant or a part may be, in characters. */
  public static final int MAX_PART_LENGTH = 512;

  private final SpecialistName specialist;
  private final @Nullable String tenant;
  private final List<String> parts;

  private SessionKey(SpecialistName specialist, @Nullable String tenant, List<String> parts) {
    this.specialist = specialist;
    this.tenant = tenant;
    this.parts = parts;
  }

  /**
   * Creates the key of a tenant's conversation.
   *
   * @param specialist the specialist's name, {@code [a-z0-9-]+}
   * @param tenant the tenant, not blank, at most {@value #MAX_PART_LENGTH} characters
   * @param parts what else tells conversations apart, in an order of your own; each like the tenant
   * @return the key
   * @throws IllegalArgumentException if a part breaks its rule; the message does not print it
   */
  public static SessionKey of(String specialist, String tenant, String... parts) {
    checkPart(0, tenant);
    return of(SpecialistName.of(specialist), tenant, Arrays.asList(parts));
  }

  /**
   * Creates the key of a conversation in an application that has one tenant only.
   *
   * @param specialist the specialist's name, {@code [a-z0-9-]+}
   * @param parts what tells conversations apart
   * @return the key
   * @throws IllegalArgumentException if a part breaks its rule; the message does not print it
   */
  public static SessionKey withoutTenant(String specialist, String... parts) {
    return of(SpecialistName.of(specialist), null, Arrays.asList(parts));
  }

  static SessionKey of(SpecialistName specialist, @Nullable String tenant, List<String> parts) {
    if (tenant != null) {
      checkPart(0, tenant);
    }
    for (int i = 0; i < parts.size(); i++) {
      checkPart(i + 1, parts.get(i));
    }
    return new SessionKey(specialist, tenant, List.copyOf(parts));
  }

  /** The key of a tenant that has nothing further, to look for: it may break the rules. */
  static SessionKey ofTenantOnly(SpecialistName specialist, String tenant) {
    return new SessionKey(specialist, tenant, List.of());
  }

  /** Checks the tenant, which has the number 0, or one of the parts. */
  private static void checkPart(int number, @Nullable String part) {
    // Callers without null checks of their own must not come to share the key of no tenant.
    if (part == null) {
      throw new IllegalArgumentException(
          "%s of a session key must not be null".formatted(what(number)));
    }
    if (part.isBlank()) {
      throw new IllegalArgumentException(
          "%s of a session key must not be blank".formatted(what(number)));
    }
    if (part.length() > MAX_PART_LENGTH) {
      throw new IllegalArgumentException(
          "%s of a session key must have at most %d characters but has %d"
              .formatted(what(number), MAX_PART_LENGTH, part.length()));
    }
  }

  private static String what(int number) {
    return number == 0 ? "the tenant" : "part " + number;
  }

  /**
   * Returns the specialist's name.
   *
   * @return the name, as it was written
   */
  public String specialist() {
    return specialist.toString();
  }

  SpecialistName name() {
    return specialist;
  }

  /**
   * Returns the tenant.
   *
   * @return the tenant, null only in an application without tenants
   */
  public @Nullable String tenant() {
    return tenant;
  }

  /**
   * Returns the further parts.
   *
   * @return the parts in their order, unmodifiable, never null
   */
  public List<String> parts() {
    return parts;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof SessionKey that
            && specialist.equals(that.specialist)
            && Objects.equals(tenant, that.tenant)
            && parts.equals(that.parts));
  }

  @Override
  public int hashCode() {
    // Not kept: texts keep theirs, and there is a key for every call.
    return 31 * (31 * specialist.hashCode() + Objects.hashCode(tenant))
        + (parts.isEmpty() ? 0 : parts.hashCode());
  }

  @Override
  public String toString() {
    return specialist + "#" + Fingerprint.of(this);
  }
}
