package dev.switchboard;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.SmartLifecycle;

/**
 * Who advises the calls that an aspect catches: at most one Spring context of a class loader at a
 * time. Used by this library; safe for use by any number of threads.
 *
 * @param <T> what advises a call
 * @since 0.1
 */
public final class WovenCalls<T> {

  private final String annotation;

  @SuppressWarnings("ThreadLocalUsage") // there is one object for each annotation
  private final ThreadLocal<@Nullable Method> proxied = new ThreadLocal<>();

  private volatile @Nullable T server;
  private volatile boolean served;

  /**
   * Creates them with nobody who advises.
   *
   * @param annotation what the methods are annotated with, for errors
   */
  public WovenCalls(String annotation) {
    this.annotation = annotation;
  }

  /**
   * Finds who advises a call, for the aspect.
   *
   * @param method the method called
   * @return who advises it, or null to proceed: a proxy advises the call, or no context has ever
   *     chosen to advise woven calls
   * @throws IllegalStateException once the context that did so is closed or paused
   */
  public @Nullable T server(Method method) {
    if (!served) {
      return null;
    }
    if (method.equals(proxied.get())) {
      proxied.remove();
      return null;
    }
    T current = server;
    if (current == null) {
      throw new IllegalStateException(
          "%s on %s.%s: the Spring context that advises woven calls is closed or paused"
              .formatted(annotation, method.getDeclaringClass().getSimpleName(), method.getName()));
    }
    return current;
  }

  /**
   * Says that this thread's next call of a method is advised by a proxy already.
   *
   * @param method the method that is about to be called, or null for none
   * @return what was said before, to be put back afterwards
   */
  public @Nullable Method proxied(@Nullable Method method) {
    if (!served) {
      return null;
    }
    Method before = proxied.get();
    proxied.set(method);
    return before;
  }

  /**
   * Lets a context advise the calls until it is closed or paused.
   *
   * @param advice what advises calls
   * @param chosen whether the context has chosen to advise woven calls
   * @return a bean of the context
   * @throws InvalidDeclarationException if another context advises the calls
   */
  public Lease lease(T advice, boolean chosen) {
    take(advice, chosen);
    return new Lease() {
      @Override
      public void start() {
        take(advice, chosen);
      }

      @Override
      public void stop() {
        release(advice);
      }

      @Override
      public boolean isRunning() {
        return server == advice;
      }
    };
  }

  private synchronized void take(T advice, boolean chosen) {
    T current = server;
    if (!chosen) {
      served = current != null;
    } else if (current == null) {
      server = advice;
      served = true;
    } else if (current != advice) {
      throw new InvalidDeclarationException(
          "switchboard.advice must be aspectj in one Spring context of a JVM at a time but another"
              + " context has it already",
          "Close the other context first, or set switchboard.advice=proxy in one of them.");
    }
  }

  private synchronized void release(T advice) {
    if (server == advice) {
      server = null;
    }
  }

  /**
   * A context's advice of woven calls: from before its first bean is made, until all that calls has
   * been stopped.
   */
  public abstract static class Lease implements BeanPostProcessor, SmartLifecycle, DisposableBean {

    private Lease() {}

    @Override
    public int getPhase() {
      return Integer.MIN_VALUE;
    }

    @Override
    public void destroy() {
      stop();
    }
  }
}
