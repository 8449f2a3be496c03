package dev.switchboard.autoconfigure;

import dev.switchboard.session.InMemorySessionStore;
import dev.switchboard.session.SessionStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Stores as {@link InMemorySessionStore} does and says that it cannot be reached. */
final class AwayStore {

  private AwayStore() {}

  static SessionStore create() {
    SessionStore target = new InMemorySessionStore();
    return (SessionStore)
        Proxy.newProxyInstance(
            AwayStore.class.getClassLoader(),
            new Class<?>[] {SessionStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("state")) {
                return new SessionStore.State("shared", false, "no answer for 12s");
              }
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }
}
