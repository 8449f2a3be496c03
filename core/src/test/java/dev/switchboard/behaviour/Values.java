package dev.switchboard.behaviour;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.Tenant;
import java.util.List;

/** Methods that return the value itself. */
final class Values implements Form {

  static class Desk {

    @SpecialistSession(Calls.DESK)
    @RequestScopedRetry(maxRetries = Calls.MAX_RETRIES)
    public String ask(@Tenant String tenant, Body body) throws Exception {
      return body.run();
    }

    @SpecialistSession(specialist = Calls.DESK, exclusive = true)
    public String alone(@Tenant String tenant, Body body) throws Exception {
      return body.run();
    }

    @SpecialistSession(Calls.LEARNER)
    public String learn(@Tenant String tenant, Body body) throws Exception {
      return body.run();
    }
  }

  interface Counter extends Calls {

    @Override
    @SpecialistSession(DESK)
    @RequestScopedRetry(maxRetries = MAX_RETRIES)
    String ask(@Tenant String tenant, Body body) throws Exception;

    @Override
    @SpecialistSession(specialist = DESK, exclusive = true)
    String alone(@Tenant String tenant, Body body) throws Exception;

    @Override
    @SpecialistSession(LEARNER)
    String learn(@Tenant String tenant, Body body) throws Exception;
  }

  static class CounterDesk implements Counter {

    @Override
    public String ask(String tenant, Body body) throws Exception {
      return body.run();
    }

    @Override
    public String alone(String tenant, Body body) throws Exception {
      return body.run();
    }

    @Override
    public String learn(String tenant, Body body) throws Exception {
      return body.run();
    }
  }

  @Override
  public String name() {
    return "value";
  }

  @Override
  public Class<?> type() {
    return Desk.class;
  }

  @Override
  public Class<?> typeWithInterface() {
    return CounterDesk.class;
  }

  @Override
  public Calls calls(Object bean) {
    if (bean instanceof Counter counter) {
      return counter;
    }
    Desk desk = (Desk) bean;
    return new Calls() {
      @Override
      public String ask(String tenant, Body body) throws Exception {
        return desk.ask(tenant, body);
      }

      @Override
      public String alone(String tenant, Body body) throws Exception {
        return desk.alone(tenant, body);
      }

      @Override
      public String learn(String tenant, Body body) throws Exception {
        return desk.learn(tenant, body);
      }
    };
  }

  @Override
  public Calls calls(SpecialistSessions sessions, RetryExecutor retries) {
    RetryOperation ask =
        retries.operation("desk.ask", RetryPolicy.builder().maxRetries(Calls.MAX_RETRIES).build());
    SessionPolicy exclusive = new SessionPolicy(true, List.of());
    return new Calls() {
      @Override
      public String ask(String tenant, Body body) throws Exception {
        SessionKey key = SessionKey.of(DESK, tenant);
        return retries.call(
            ask, attempt -> sessions.call(key, SessionPolicy.DEFAULT, session -> body.run()));
      }

      @Override
      public String alone(String tenant, Body body) throws Exception {
        return sessions.call(SessionKey.of(DESK, tenant), exclusive, session -> body.run());
      }

      @Override
      public String learn(String tenant, Body body) throws Exception {
        return sessions.call(
            SessionKey.of(LEARNER, tenant), SessionPolicy.DEFAULT, session -> body.run());
      }
    };
  }
}
