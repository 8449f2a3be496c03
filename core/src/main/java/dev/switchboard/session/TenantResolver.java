package dev.switchboard.session;

import org.jspecify.annotations.Nullable;

/**
 * Tells who is calling where no parameter says so, for instance from the security context. Declared
 * as a bean; called on the caller's thread for every annotated call. Where a {@link Tenant}
 * parameter answers too, both must agree or the call is refused.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface TenantResolver {

  /**
   * Resolves the tenant of the call that this thread makes.
   *
   * @return the tenant, or null to leave it to the parameter
   */
  @Nullable String resolveTenant();
}
