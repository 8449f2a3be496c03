package dev.switchboard.session;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of every tenant whose keys have further parts, so that evicting a tenant costs what
 * that tenant has; a key of a tenant only is found as it is.
 */
final class TenantIndex {

  private final ConcurrentMap<String, Set<Session>> tenants = new ConcurrentHashMap<>();

  void add(Session session) {
    String tenant = session.key().tenant();
    if (tenant != null && !session.key().parts().isEmpty()) {
      tenants.merge(tenant, Set.of(session), TenantIndex::union);
    }
  }

  void remove(Session session) {
    String tenant = session.key().tenant();
    if (tenant != null && !session.key().parts().isEmpty()) {
      tenants.computeIfPresent(tenant, (sameTenant, sessions) -> without(sessions, session));
    }
  }

  private static Set<Session> union(Set<Session> sessions, Set<Session> added) {
    Set<Session> several = sessions;
    if (sessions.size() == 1) {
      // Most tenants have one session only, kept in a set that is small and cannot grow.
      several = ConcurrentHashMap.newKeySet();
      several.addAll(sessions);
    }
    several.addAll(added);
    return several;
  }

  private static @Nullable Set<Session> without(Set<Session> sessions, Session removed) {
    if (sessions.size() == 1) {
      return sessions.contains(removed) ? null : sessions;
    }
    sessions.remove(removed);
    return sessions;
  }

  List<Session> sessions(String tenant) {
    Set<Session> sessions = tenants.get(tenant);
    return sessions == null ? List.of() : List.copyOf(sessions);
  }
}
