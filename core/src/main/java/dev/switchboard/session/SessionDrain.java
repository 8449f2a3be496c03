package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Closes what has left, after its last use and off the callers' threads: a small pool for every
 * specialist, so that a slow one delays no other. A failing close is tried again with back-off,
 * then counted as unclosed.
 */
final class SessionDrain implements SessionStore.Listener {

  private static final Logger log = LoggerFactory.getLogger(SessionDrain.class);
  private static final int THREADS = 4;
  private static final int QUEUE = 100_000;
  private static final int RETRIES = 3;
  private static final String STOPPING = "the application stops";

  private final Ledger ledger;
  private final SessionStore store;
  private final Specialists specialists;
  private final Scheduler scheduler;
  private final @Nullable Executor executor;
  private final ConnectorThreads threads =
      new ConnectorThreads("switchboard-close", THREADS, QUEUE);
  private final Set<Close> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  /**
   * Creates a drain.
   *
   * @param executor runs the closes of all specialists, or null for a pool each
   */
  SessionDrain(
      Ledger ledger,
      SessionStore store,
      Specialists specialists,
      Scheduler scheduler,
      @Nullable Executor executor) {
    this.ledger = ledger;
    this.store = store;
    this.specialists = specialists;
    this.scheduler = scheduler;
    this.executor = executor;
  }

  /** An opening brought the session; until it enters the store it counts as draining. */
  void opened(Session session) {
    ledger.opened(session);
  }

  @Override
  public void entered(Session session) {
    ledger.entered(session);
  }

  @Override
  public void left(Session session, RemovalCause cause) {
    log.debug("Session {} has left: {}", session, cause);
    session.setCause(cause);
    if (ledger.left(session, cause == RemovalCause.LOST)) {
      close(session);
    } else if (session.isLost() && cause != RemovalCause.LOST) {
      store.closed(session);
    }
  }

  /** A session leaves that was not stored, while it is used: it is closed after its last use. */
  void discard(Session session) {
    log.debug("Session {} has left: {}", session, RemovalCause.UNWANTED);
    session.setCause(RemovalCause.UNWANTED);
    ledger.discarded(session);
  }

  /** A session that is no longer stored turns out to be lost; it is not closed. */
  void lost(Session session) {
    if (ledger.lost(session)) {
      store.closed(session);
    }
  }

  /** Ends a use, and closes the session where that was due. */
  void release(Session session) {
    if (session.releaseLast()) {
      close(session);
    }
  }

  private void close(Session session) {
    submit(session, new Close(session));
  }

  private void submit(Session session, Close close) {
    if (stopped) {
      ledger.closed(session, false);
      return;
    }
    try {
      executorOf(session.key().name()).execute(close);
    } catch (Throwable e) {
      // Such as a full queue, or no thread to be had: nothing may come back to who lets it leave.
      close.giveUp(e.getClass().getName());
    }
  }

  private Executor executorOf(SpecialistName name) {
    return executor != null ? executor : threads.of(name);
  }

  void start() {
    stopped = false;
  }

  /** Gives up what is still to be closed, and interrupts closes that run. */
  void stop() {
    stopped = true;
    threads.interrupt();
    waiting.forEach(close -> close.giveUpWaiting(STOPPING));
  }

  /** One close and its further tries. */
  private final class Close implements Runnable {

    private final Session session;
    private @Nullable BackOffExecution backOff;

    Close(Session session) {
      this.session = session;
    }

    @Override
    public void run() {
      if (stopped) {
        giveUp(STOPPING);
        return;
      }
      SessionKey key = session.key();
      Specialist specialist = specialists.get(key.name());
      try {
        specialist.connector().get().close(key, session.id());
      } catch (Throwable failure) {
        retry(failure);
        return;
      }
      // First, as a shutdown that waits for the ledger may end with it.
      specialist.events().closed(Objects.requireNonNull(session.cause()));
      ledger.closed(session, true);
      store.closed(session);
      log.debug("Closed session {}", session);
    }

    private void retry(Throwable failure) {
      if (backOff == null) {
        ExponentialBackOff delays = new ExponentialBackOff(500, 5);
        delays.setMaxAttempts(RETRIES);
        backOff = delays.start();
      }
      long delay = backOff.nextBackOff();
      if (delay == BackOffExecution.STOP || stopped) {
        giveUp(failure.getClass().getName());
      } else {
        log.debug("Could not close session {}: {}", session, failure.getClass().getName());
        waiting.add(this);
        String refused = refusalOf(delay);
        if (refused != null || stopped) {
          giveUpWaiting(refused != null ? refused : STOPPING);
        }
      }
    }

    /** Schedules the next try. Returns why there will be none, or null. */
    private @Nullable String refusalOf(long delay) {
      try {
        Future<?> next =
            scheduler.schedule(Runnable::run, this::tryAgain, delay, TimeUnit.MILLISECONDS);
        // A scheduler that guards another answers so where that one refuses.
        return next.isDone() ? RejectedExecutionException.class.getName() : null;
      } catch (Throwable e) {
        return e.getClass().getName();
      }
    }

    private void tryAgain() {
      if (waiting.remove(this)) {
        submit(session, this);
      }
    }

    void giveUpWaiting(String reason) {
      if (waiting.remove(this)) {
        giveUp(reason);
      }
    }

    void giveUp(String reason) {
      ledger.closed(session, false);
      if (!stopped) {
        store.closed(session);
      }
      log.debug("Gave up closing session {}: {}", session, reason);
    }
  }
}
