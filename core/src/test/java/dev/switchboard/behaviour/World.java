package dev.switchboard.behaviour;

import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.Sleeper;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.SpecialistSessions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** One engine of each kind, two specialists, and the calls that a test makes. */
final class World implements AutoCloseable {

  final AtomicInteger opened = new AtomicInteger();
  final Calls calls;
  private final SpecialistConnector connector = key -> "id-" + opened.incrementAndGet();
  private final SpecialistConnector learner = key -> null;
  private final Runnable engines;

  private static final class NoWait implements Sleeper {

    @Override
    public void sleep(Duration wait) {}

    @Override
    public CompletableFuture<@Nullable Void> delay(Duration wait) {
      return CompletableFuture.completedFuture(null);
    }
  }

  private World(Form<?> form, Advice advice) {
    if (advice == Advice.NONE) {
      SpecialistSessions sessions =
          SpecialistSessions.builder()
              .specialist(Calls.DESK, connector)
              .specialist(Calls.LEARNER, learner)
              .build();
      engines = sessions::close;
      calls = calls(form, sessions);
    } else {
      AnnotationConfigApplicationContext context = context(form, advice);
      engines = context::close;
      calls = calls(form, context.getBean("calls"));
    }
  }

  static World of(Form<?> form, Advice advice) {
    return new World(form, advice);
  }

  private AnnotationConfigApplicationContext context(Form<?> form, Advice advice) {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    String property = advice == Advice.WOVEN ? "aspectj" : "proxy";
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("test", Map.of("switchboard.advice", property)));
    context.register(SpecialistSessionConfiguration.class, RequestScopedRetryConfiguration.class);
    context.registerBean("desk", SpecialistConnector.class, () -> connector);
    context.registerBean("learner", SpecialistConnector.class, () -> learner);
    context.registerBean(Sleeper.class, NoWait::new);
    Class<?> type = advice == Advice.INTERFACE_PROXY ? form.counter() : form.desk();
    context.registerBean("calls", type);
    context.refresh();
    Object bean = context.getBean("calls");
    if (AopUtils.isCglibProxy(bean) != (advice == Advice.CLASS_PROXY)
        || AopUtils.isJdkDynamicProxy(bean) != (advice == Advice.INTERFACE_PROXY)) {
      throw new AssertionError(bean.getClass() + " is not advised by a " + advice);
    }
    return context;
  }

  @SuppressWarnings("unchecked") // the bean is of the form's own class
  private static <R> Calls calls(Form<R> form, Object bean) {
    if (bean instanceof Counter<?>) {
      Counter<R> counter = (Counter<R>) bean;
      return new Calls() {
        @Override
        public String ask(String tenant, Body body) throws Exception {
          return form.await(counter.ask(tenant, body));
        }

        @Override
        public String alone(String tenant, Body body) throws Exception {
          return form.await(counter.alone(tenant, body));
        }

        @Override
        public String learn(String tenant, Body body) throws Exception {
          return form.await(counter.learn(tenant, body));
        }
      };
    }
    Desk<R> desk = (Desk<R>) bean;
    return new Calls() {
      @Override
      public String ask(String tenant, Body body) throws Exception {
        return form.await(desk.ask(tenant, body));
      }

      @Override
      public String alone(String tenant, Body body) throws Exception {
        return form.await(desk.alone(tenant, body));
      }

      @Override
      public String learn(String tenant, Body body) throws Exception {
        return form.await(desk.learn(tenant, body));
      }
    };
  }

  private static <R> Calls calls(Form<R> form, SpecialistSessions sessions) {
    RetryExecutor retries = RetryExecutor.builder().sleeper(new NoWait()).build();
    RetryOperation ask =
        retries.operation("desk.ask", RetryPolicy.builder().maxRetries(Calls.MAX_RETRIES).build());
    SessionPolicy exclusive = new SessionPolicy(true, List.of());
    return new Calls() {
      @Override
      public String ask(String tenant, Body body) throws Exception {
        return form.await(form.call(retries, ask, sessions, SessionKey.of(DESK, tenant), body));
      }

      @Override
      public String alone(String tenant, Body body) throws Exception {
        return form.await(form.call(sessions, SessionKey.of(DESK, tenant), exclusive, body));
      }

      @Override
      public String learn(String tenant, Body body) throws Exception {
        SessionKey key = SessionKey.of(LEARNER, tenant);
        return form.await(form.call(sessions, key, SessionPolicy.DEFAULT, body));
      }
    };
  }

  @Override
  public void close() {
    engines.run();
  }
}
