package dev.switchboard.session;

import dev.switchboard.ConnectorWork;
import dev.switchboard.ThreadBindings;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges whether a failure means that the specialist no longer knows the session. */
final class LossTest {

  private static final Logger log = LoggerFactory.getLogger(LossTest.class);

  /** Deeper chains of causes are cyclic. */
  private static final int MAX_CAUSES = 64;

  private LossTest() {}

  /**
   * Judges a failure of an invocation on {@code session}. What an invocation nested in it has
   * judged already was about that one's session, and is nothing to this one's.
   */
  static boolean isLost(
      SessionContext context,
      Session session,
      SessionPolicy policy,
      Supplier<SpecialistConnector> connector,
      Throwable failure) {
    int depth = 0;
    for (Throwable cause = failure;
        cause != null && depth < MAX_CAUSES;
        cause = cause.getCause(), depth++) {
      if (context.hasJudged(cause)
          || (cause instanceof SessionLostException loss && loss.isJudged())) {
        return false;
      }
      if (cause instanceof SessionLostException || isListed(policy.lostOn(), cause)) {
        return true;
      }
    }
    return failure instanceof Exception && isLost(connector, session, failure);
  }

  private static boolean isListed(List<Class<? extends Throwable>> types, Throwable failure) {
    for (Class<? extends Throwable> type : types) {
      if (type.isInstance(failure)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLost(
      Supplier<SpecialistConnector> connector, Session session, Throwable failure) {
    ThreadBindings before = ConnectorWork.begin();
    try {
      return connector.get().isLost(session.key(), session.id(), failure);
    } catch (Error e) {
      e.addSuppressed(failure);
      throw e;
    } catch (Exception e) {
      // Even one that is not declared, as some languages allow. What it says may hold the id.
      String type = e.getClass().getName();
      log.debug("The connector could not tell whether session {} is lost: {}", session, type);
      return false;
    } finally {
      ConnectorWork.end(before);
    }
  }
}
