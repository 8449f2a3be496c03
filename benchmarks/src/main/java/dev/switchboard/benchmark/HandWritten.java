package dev.switchboard.benchmark;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.ProxyFactory;

/**
 * The limit: what somebody writes who needs no more than one proxy can do. No lost sessions, no
 * counting of uses, no expiry that spares those in use, no closes, no budget, no request.
 */
final class HandWritten {

  private HandWritten() {}

  /** Proxies a bean as Spring would, with the advice outermost first. */
  static <T> T proxy(T target, MethodInterceptor... advice) {
    ProxyFactory factory = new ProxyFactory(target);
    factory.setProxyTargetClass(true);
    for (MethodInterceptor each : advice) {
      factory.addAdvice(each);
    }
    @SuppressWarnings("unchecked") // the proxy extends the target's class
    T proxy = (T) factory.getProxy();
    return proxy;
  }

  /** One call's session. */
  record Session(String id) {

    private static final ThreadLocal<@Nullable Session> CURRENT = new ThreadLocal<>();

    static Session current() {
      Session session = CURRENT.get();
      if (session == null) {
        throw new IllegalStateException("no session");
      }
      return session;
    }
  }

  /** Reads the key, looks it up, binds what it finds, and proceeds. */
  static final class Sessions implements MethodInterceptor {

    private final Cache<String, String> ids;

    /** Bounded as sessions are by default. */
    Sessions(int maxSize) {
      this.ids =
          Caffeine.newBuilder()
              .maximumSize(maxSize)
              .expireAfterWrite(Duration.ofHours(8))
              .expireAfterAccess(Duration.ofMinutes(30))
              .build();
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
      String tenant = (String) invocation.getArguments()[0];
      String id = ids.getIfPresent(tenant);
      if (id == null) {
        id = ids.get(tenant, Ids::of);
      }
      Session outer = Session.CURRENT.get();
      Session.CURRENT.set(new Session(id));
      try {
        return invocation.proceed();
      } finally {
        Session.CURRENT.set(outer);
      }
    }
  }

  /** One call's attempts. */
  static final class Attempts {

    private static final ThreadLocal<@Nullable Attempts> CURRENT = new ThreadLocal<>();

    private int attempt;

    static Attempts current() {
      Attempts attempts = CURRENT.get();
      if (attempts == null) {
        throw new IllegalStateException("no attempt");
      }
      return attempts;
    }

    int attempt() {
      return attempt;
    }
  }

  /** Proceeds on a copy, so that it could again, and does so after a failure without any delay. */
  record Retries(int maxRetries) implements MethodInterceptor {

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
      Attempts outer = Attempts.CURRENT.get();
      Attempts attempts = new Attempts();
      Attempts.CURRENT.set(attempts);
      try {
        while (true) {
          attempts.attempt++;
          try {
            return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
          } catch (RuntimeException failure) {
            if (attempts.attempt > maxRetries) {
              throw failure;
            }
          }
        }
      } finally {
        Attempts.CURRENT.set(outer);
      }
    }
  }
}
