package dev.switchboard.behaviour;

import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.Sleeper;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.SpecialistSessions;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** One engine of each kind, two specialists, and the calls that a test makes. */
final class World implements AutoCloseable {

  final AtomicInteger opened = new AtomicInteger();
  final SpecialistConnector connector = key -> "id-" + opened.incrementAndGet();
  final SpecialistConnector learner = key -> null;
  final Calls calls;
  private final Runnable engines;

  World(Form form, Advice advice) {
    if (advice == Advice.NONE) {
      SpecialistSessions sessions =
          SpecialistSessions.builder()
              .specialist(Calls.DESK, connector)
              .specialist(Calls.LEARNER, learner)
              .build();
      engines = sessions::close;
      calls = form.calls(sessions, RetryExecutor.builder().sleeper(wait -> {}).build());
      return;
    }
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    engines = context::close;
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "test",
                Map.of("switchboard.advice", advice == Advice.WOVEN ? "aspectj" : "proxy")));
    context.register(SpecialistSessionConfiguration.class, RequestScopedRetryConfiguration.class);
    context.registerBean("desk", SpecialistConnector.class, () -> connector);
    context.registerBean("learner", SpecialistConnector.class, () -> learner);
    context.registerBean(Sleeper.class, () -> wait -> {});
    Class<?> type = advice == Advice.INTERFACE_PROXY ? form.typeWithInterface() : form.type();
    context.registerBean("calls", type);
    context.refresh();
    Object bean = context.getBean("calls");
    if (AopUtils.isCglibProxy(bean) != (advice == Advice.CLASS_PROXY)
        || AopUtils.isJdkDynamicProxy(bean) != (advice == Advice.INTERFACE_PROXY)) {
      throw new AssertionError(bean.getClass() + " is not advised by a " + advice);
    }
    calls = form.calls(bean);
  }

  @Override
  public void close() {
    engines.run();
  }
}
