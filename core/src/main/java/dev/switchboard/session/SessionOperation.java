package dev.switchboard.session;

import dev.switchboard.ProxiedMethod;
import dev.switchboard.ReturnKind;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One annotation, parsed and validated.
 *
 * @param method the method as its class declares it
 * @param name the method by its class's simple name, as in {@code BookingDesk.ask}
 * @param kind how the method answers
 * @param specialist whom it calls
 * @param stated what it states of the specialist's settings
 * @param policy how it uses its sessions
 * @param tenant where the tenant is read, or null for the resolver's answer
 * @param parts where the further parts are read
 * @param proxied the method as its proxy's advice runs it
 * @param woven whether AspectJ's weaver advises it, not a proxy
 */
record SessionOperation(
    Method method,
    String name,
    ReturnKind kind,
    SpecialistName specialist,
    SpecialistSettings stated,
    SessionPolicy policy,
    @Nullable ArgumentExpression tenant,
    List<ArgumentExpression> parts,
    ProxiedMethod proxied,
    boolean woven) {

  /** The method in errors, as in {@code @SpecialistSession on BookingDesk.ask}. */
  String place() {
    return place(name);
  }

  static String place(String name) {
    return "@SpecialistSession on " + name;
  }

  /**
   * Makes the key of a call.
   *
   * @param arguments the call's arguments
   * @param resolver answers where no parameter does, or null
   * @param tenants whether a key must have a tenant
   * @throws IllegalStateException if a part is missing or breaks its rule, without its value
   */
  SessionKey key(@Nullable Object[] arguments, @Nullable TenantResolver resolver, boolean tenants) {
    String resolved = resolver == null ? null : resolver.resolveTenant();
    try {
      return SessionKey.of(specialist, tenant(arguments, resolved, tenants), parts(arguments));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new CallRefusedException(place() + ": " + e.getMessage(), e.getCause());
    }
  }

  private @Nullable String tenant(
      @Nullable Object[] arguments, @Nullable String resolved, boolean tenants) {
    if (tenant != null) {
      String stated = tenant.read(arguments);
      if (resolved != null && !resolved.equals(stated)) {
        throw new IllegalStateException(
            "the tenant of the parameter is not the one that the TenantResolver names");
      }
      return stated;
    }
    if (resolved == null && tenants) {
      throw new IllegalStateException(
          "no parameter is @Tenant and no TenantResolver names the tenant of this call");
    }
    return resolved;
  }

  private List<String> parts(@Nullable Object[] arguments) {
    if (parts.isEmpty()) {
      return List.of();
    }
    List<String> values = new ArrayList<>(parts.size());
    for (ArgumentExpression part : parts) {
      values.add(part.read(arguments));
    }
    return values;
  }
}
