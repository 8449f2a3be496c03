package dev.switchboard.behaviour;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistSessions;

/** Methods that return the value itself. */
final class Values extends Form<String> {

  static class ValueDesk extends Desk<String> {
    @Override
    String begin(Body body) throws Exception {
      return body.run();
    }
  }

  static class ValueClerk extends Counter.Clerk<String> {
    @Override
    String begin(Body body) throws Exception {
      return body.run();
    }
  }

  @Override
  String name() {
    return "value";
  }

  @Override
  Class<ValueDesk> desk() {
    return ValueDesk.class;
  }

  @Override
  Class<ValueClerk> counter() {
    return ValueClerk.class;
  }

  @Override
  String await(String answer) {
    return answer;
  }

  @Override
  String call(SpecialistSessions sessions, SessionKey key, SessionPolicy policy, Body body)
      throws Exception {
    return sessions.call(key, policy, session -> body.run());
  }

  @Override
  String call(
      RetryExecutor retries,
      RetryOperation operation,
      SpecialistSessions sessions,
      SessionKey key,
      Body body)
      throws Exception {
    return retries.call(operation, attempt -> call(sessions, key, SessionPolicy.DEFAULT, body));
  }
}
