package dev.switchboard.autoconfigure;

import dev.switchboard.session.InMemorySessionStore;
import dev.switchboard.session.SessionLimits;
import dev.switchboard.session.SessionStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Stores as {@link InMemorySessionStore} does and remembers the limits it is told. */
final class LimitsRecorder {

  final Map<String, SessionLimits> limits = new ConcurrentHashMap<>();

  SessionStore store() {
    SessionStore target = new InMemorySessionStore();
    return (SessionStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {SessionStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("configure")) {
                limits.put((String) arguments[0], (SessionLimits) arguments[1]);
              }
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }
}
