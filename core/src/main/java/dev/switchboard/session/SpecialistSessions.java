package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.Invocation;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The engine: does without annotations all that {@link SpecialistSession} does with them. Opens a
 * session once however many callers ask, shares it, reopens it once where the specialist has lost
 * it, and lets what has left be closed after its last use.
 *
 * <p>Safe for use by any number of threads. A plain object ({@link #builder}) that is closed with
 * {@link #close}; in Spring a bean that stops after the web server has drained and before
 * connections go, and may be started again.
 *
 * @since 0.1
 */
public final class SpecialistSessions implements SmartLifecycle, AutoCloseable {

  /** After the web server's drain and stop (Boot uses the 2048 phases below the default). */
  private static final int PHASE = DEFAULT_PHASE - 4096;

  private static final long SHUTDOWN_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final Logger log = LoggerFactory.getLogger(SpecialistSessions.class);

  private final SessionStore store;
  private final SessionSettings settings;
  private final long startNanos;
  private final Instant startInstant;
  private final Ledger ledger = new Ledger();
  private final Specialists specialists;
  private final SessionDrain drain;
  private final SessionOpenings openings;
  private final ExclusiveTurns turns = new ExclusiveTurns();
  private volatile boolean running;

  SpecialistSessions(
      Function<SpecialistName, Specialist> source,
      SessionStore store,
      SessionSettings settings,
      Ticker ticker,
      Scheduler scheduler,
      @Nullable Executor closeExecutor) {
    this.store = store;
    this.settings = settings;
    this.startNanos = ticker.read();
    this.startInstant = Instant.now();
    this.specialists = new Specialists(source, store);
    this.drain = new SessionDrain(ledger, store, specialists, scheduler, closeExecutor);
    this.openings = new SessionOpenings(store, specialists, settings, ticker, drain);
    start();
  }

  /**
   * Starts to build an engine without Spring.
   *
   * @return a builder with no specialist yet
   */
  public static SpecialistSessionsBuilder builder() {
    return new SpecialistSessionsBuilder();
  }

  /**
   * Runs {@code work} within the key's session: the one kept, or a new one. Where the session turns
   * out to be lost, it is replaced and the work runs once more. A call nested in another of the
   * same key joins its session.
   *
   * @param key whose conversation
   * @param policy how the session is used
   * @param work calls the specialist
   * @param <T> what the work returns
   * @param <X> what the work throws
   * @return what the work returned
   * @throws X the work's own failure
   * @throws SessionOpenException if no session could be had
   * @throws SessionLostException if the reopened session was lost as well
   * @throws IllegalStateException after {@link #stop}
   */
  public <T extends @Nullable Object, X extends Throwable> T call(
      SessionKey key, SessionPolicy policy, SessionWork<T, X> work) throws X {
    return call(key, policy, null, work);
  }

  /** As above; {@code invocation} is the retried call that this is an attempt of, or null. */
  <T extends @Nullable Object, X extends Throwable> T call(
      SessionKey key, SessionPolicy policy, @Nullable Invocation invocation, SessionWork<T, X> work)
      throws X {
    SessionContext enclosing = SessionContext.currentOrNull();
    SessionContext joined = enclosing == null ? null : enclosing.find(key);
    try {
      if (joined != null) {
        return run(joined.join(enclosing), policy, invocation, work);
      }
      if (!policy.exclusive()) {
        return callUnjoined(new SessionContext(this, key, enclosing), policy, invocation, work);
      }
      ExclusiveTurns.Turn turn = turns.take(key);
      try {
        await(turn, key);
        return callUnjoined(new SessionContext(this, key, enclosing), policy, invocation, work);
      } finally {
        turn.leave();
      }
    } catch (Throwable failure) {
      if (enclosing != null) {
        enclosing.judged(failure);
      }
      throw failure;
    }
  }

  private <T extends @Nullable Object, X extends Throwable> T callUnjoined(
      SessionContext context,
      SessionPolicy policy,
      @Nullable Invocation invocation,
      SessionWork<T, X> work)
      throws X {
    acquire(context);
    try {
      return run(context, policy, invocation, work);
    } finally {
      end(context);
    }
  }

  private <T extends @Nullable Object, X extends Throwable> T run(
      SessionContext context,
      SessionPolicy policy,
      @Nullable Invocation invocation,
      SessionWork<T, X> work)
      throws X {
    SessionContext.bind(context);
    try {
      T result;
      try {
        result = work.run(context);
      } catch (Throwable failure) {
        Session lost = lost(context, policy, failure);
        if (lost == null) {
          throw failure;
        }
        if (invocation != null && !invocation.spendRecovery()) {
          throw SessionLostException.again(context.key(), failure);
        }
        result = rerun(context, policy, lost, failure, work);
      }
      Session session = context.sessionOrNull();
      if (session != null) {
        session.markUsed();
      }
      return result;
    } finally {
      SessionContext.bind(context.enclosing());
    }
  }

  private <T extends @Nullable Object, X extends Throwable> T rerun(
      SessionContext context,
      SessionPolicy policy,
      Session lost,
      Throwable failure,
      SessionWork<T, X> work)
      throws X {
    SessionContext owner = context.owner();
    log.debug("Session {} is lost; opening another", lost);
    try {
      owner.use(null);
      drain.release(lost);
      acquire(owner);
    } catch (Throwable reopening) {
      reopening.addSuppressed(failure);
      throw reopening;
    }
    try {
      return work.run(context);
    } catch (Throwable second) {
      if (lost(context, policy, second) != null) {
        throw SessionLostException.again(context.key(), second);
      }
      throw second;
    }
  }

  /** Returns the session that the failure says is lost, forgotten by now, or null. */
  private @Nullable Session lost(SessionContext context, SessionPolicy policy, Throwable failure) {
    Session session = context.sessionOrNull();
    if (session == null
        || !LossTest.isLost(context, session, policy, connectorOf(session), failure)) {
      return null;
    }
    openings.forget(session);
    return session;
  }

  private SpecialistConnector connectorOf(Session session) {
    return specialists.get(session.key().name()).connector().get();
  }

  private void acquire(SessionContext context) {
    if (!running) {
      throw new IllegalStateException("Sessions are closed: the application stops");
    }
    specialists.get(context.key().name());
    openings.acquire(context);
  }

  private void end(SessionContext context) {
    context.end();
    Flight flight = context.takeLearning();
    if (flight != null) {
      log.debug("A call of {} has ended without binding an id", context.key());
      openings.handOver(flight);
    }
    Session session = context.sessionOrNull();
    if (session != null) {
      store.touch(session);
      drain.release(session);
    }
  }

  private void await(ExclusiveTurns.Turn turn, SessionKey key) {
    Invocation invocation = Invocation.current();
    long allowed = invocation == null ? Long.MAX_VALUE : invocation.remainingNanos();
    try {
      turn.get(Math.min(allowed, Durations.nanos(settings.exclusiveWait())), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw SessionOpenException.of(key, "exclusive calls before this one took too long", null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SessionOpenException.of(key, "the wait for exclusive use was interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a turn does not fail", e);
    }
  }

  void bind(SessionContext owner, String id) {
    SessionKey key = owner.key();
    Specialist.checkId(key.name(), id);
    try {
      Flight flight = owner.takeLearning();
      if (flight != null) {
        owner.use(openings.land(flight, id));
        return;
      }
      Session session = owner.sessionOrNull();
      if (session == null || !session.isLearned()) {
        throw new IllegalStateException(
            ("the connector of specialist '%s' opened this session: bind(id) is for sessions that"
                    + " it leaves to the first reply by returning null")
                .formatted(key.specialist()));
      }
      if (!session.id().equals(id)) {
        owner.use(openings.replace(session, id));
        drain.release(session);
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw SessionOpenException.of(key, "the store failed to keep the id learned", e);
    }
  }

  Instant instant(long nanos) {
    return startInstant.plusNanos(nanos - startNanos);
  }

  /**
   * Lets the key's session leave, and voids its opening in flight; it is closed after its last use.
   *
   * @param key whose conversation
   * @return whether there was a session
   */
  public boolean evict(SessionKey key) {
    openings.voidIf(key::equals, "the session was evicted meanwhile");
    return join(store.evict(key, null, RemovalCause.EVICTED));
  }

  /**
   * Lets all sessions of a tenant leave, at every specialist, and voids the openings in flight;
   * they are closed after their last use.
   *
   * @param tenant the tenant
   * @return how many sessions there were
   */
  public int evictTenant(String tenant) {
    openings.voidIf(key -> tenant.equals(key.tenant()), "the tenant was evicted meanwhile");
    return join(store.evictTenant(tenant));
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  /**
   * Looks at the ledger; {@code opened = live + draining + closed + lost + unclosed} in every look.
   *
   * @return the counts of every specialist used so far
   */
  public SessionSnapshot snapshot() {
    return ledger.snapshot();
  }

  @Override
  public synchronized void start() {
    if (!running) {
      drain.start();
      store.start(drain);
      openings.start();
      running = true;
    }
  }

  /**
   * Refuses further calls, lets all sessions leave, and waits at most 5 seconds for openings in
   * flight and for closes; what is then still to be closed counts as unclosed.
   */
  @Override
  public synchronized void stop() {
    if (!running) {
      return;
    }
    running = false;
    long end = System.nanoTime() + SHUTDOWN_NANOS;
    openings.stop();
    store.stop();
    try {
      openings.awaitLanded(end - System.nanoTime());
      ledger.awaitDrained(end - System.nanoTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    drain.stop();
  }

  /** Stops, as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /** Never paused: a test context that waits in a cache keeps its sessions. */
  @Override
  public boolean isPauseable() {
    return false;
  }
}
