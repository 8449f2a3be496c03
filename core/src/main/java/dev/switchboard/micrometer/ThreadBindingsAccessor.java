package dev.switchboard.micrometer;

import dev.switchboard.ThreadBindings;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context propagation carry the session, the retried call and the scope that a
 * thread works for: into Reactor's operators where that is automatic, and into tasks. Registered by
 * auto-configuration; elsewhere with {@code ContextRegistry.getInstance()}. Safe for use by several
 * threads.
 *
 * @since 0.1
 */
public final class ThreadBindingsAccessor implements ThreadLocalAccessor<ThreadBindings> {

  /** Creates an accessor, all alike. */
  public ThreadBindingsAccessor() {}

  @Override
  public Object key() {
    return ThreadBindings.KEY;
  }

  @Override
  public @Nullable ThreadBindings getValue() {
    ThreadBindings bound = ThreadBindings.capture();
    return bound.isEmpty() ? null : bound;
  }

  @Override
  public void setValue(ThreadBindings value) {
    var unused = value.bind();
  }

  @Override
  public void setValue() {
    ThreadBindings.clear();
  }
}
