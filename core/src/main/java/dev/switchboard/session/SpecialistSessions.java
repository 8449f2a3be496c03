package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.InvocationObserver;
import dev.switchboard.Setting;
import dev.switchboard.ThreadBindings;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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

  private final SessionStore store;
  private final long startNanos;
  private final Instant startInstant;
  private final Ledger ledger = new Ledger();
  private final Specialists specialists;
  private final Flights flights;
  private final SessionExchanges exchanges;
  private final TracedCalls traced;
  private final SessionLifecycle lifecycle;

  SpecialistSessions(
      Function<SpecialistName, Specialist> source,
      SessionStore store,
      SessionSettings settings,
      Ticker ticker,
      Scheduler scheduler,
      @Nullable Executor closeExecutor,
      @Nullable SessionObserver observer,
      @Nullable InvocationObserver invocations) {
    this.store = store;
    this.startNanos = ticker.read();
    this.startInstant = Instant.now();
    this.specialists =
        new Specialists(source, store, ledger, observer, ticker, settings.maxConcurrentOpens());
    SessionDrain drain = new SessionDrain(ledger, store, specialists, scheduler, closeExecutor);
    this.flights = new Flights(store, settings, ticker);
    FlightWaits waits = new FlightWaits(flights);
    Claims claims = new Claims(store, flights, waits);
    SessionOpenings openings =
        new SessionOpenings(store, specialists, ticker, drain, flights, waits, claims);
    ExclusiveTurns turns = new ExclusiveTurns();
    this.exchanges = new SessionExchanges(specialists, drain, openings, flights);
    SessionCalls calls =
        new SessionCalls(store, specialists, settings, drain, openings, exchanges, waits, turns);
    int most = settings.maxConcurrentOpens();
    ConnectorThreads opens = new ConnectorThreads("switchboard", most, Integer.MAX_VALUE);
    ConnectorThreads judges = new ConnectorThreads("switchboard-judge", most, Integer.MAX_VALUE);
    LateOpenings lateOpenings = new LateOpenings(openings, flights, waits, claims, opens);
    LateCalls late =
        new LateCalls(calls, exchanges, specialists, settings, lateOpenings, turns, judges);
    this.traced = new TracedCalls(calls, late, specialists, invocations);
    this.lifecycle =
        new SessionLifecycle(store, ledger, drain, flights, calls, List.of(opens, judges));
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
   * same key joins its session. Within {@code RetryExecutor.call} the session is replaced once over
   * all attempts.
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
    return call(key, policy, null, null, work);
  }

  /**
   * Runs {@code work} that answers later within the key's session: as {@link #call}, until its
   * future completes, which ends the use of the session. No wait holds a thread; whatever fails
   * fails the future. Where there is a session the work runs on this thread, otherwise on one of a
   * few for this purpose. Cancelling the future, or completing it otherwise, cancels the work's.
   *
   * @param key whose conversation
   * @param policy how the session is used
   * @param work calls the specialist
   * @param <T> what the work's future completes with
   * @return the work's result or failure, or that of {@link #call}
   */
  public <T extends @Nullable Object> CompletableFuture<T> callAsync(
      SessionKey key, SessionPolicy policy, SessionWork<? extends CompletionStage<T>, ?> work) {
    try {
      return new SessionFuture<T>(
              later(key, policy, null, null, ThreadBindings.capture()), "the work", work)
          .start();
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  /** A call that answers later; nothing has happened in it yet. */
  LateCall later(
      SessionKey key,
      SessionPolicy policy,
      @Nullable Method method,
      @Nullable String operation,
      ThreadBindings caller) {
    return traced.later(this, key, policy, method, operation, caller);
  }

  /** A call of a method, or of none, which may be an attempt of a retried call. */
  <T extends @Nullable Object, X extends Throwable> T call(
      SessionKey key,
      SessionPolicy policy,
      @Nullable Method method,
      @Nullable String operation,
      SessionWork<T, X> work)
      throws X {
    return traced.call(this, key, policy, method, operation, work);
  }

  /** Settles a specialist before its first call, so that the store can refuse its limits. */
  void settle(SpecialistName name) {
    specialists.get(name);
  }

  void bind(SessionContext owner, String id) {
    exchanges.bind(owner, id);
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
    flights.voidIf(key::equals, "the session was evicted meanwhile");
    return join(store.evict(key, null, RemovalCause.EVICTED));
  }

  /**
   * Lets all sessions of a tenant leave, at every specialist, as {@link #evict} does.
   *
   * @param tenant the tenant
   * @return how many sessions there were
   */
  public int evictTenant(String tenant) {
    flights.voidIf(key -> tenant.equals(key.tenant()), "the tenant was evicted meanwhile");
    return join(store.evictTenant(tenant));
  }

  /**
   * Lets all sessions with a specialist leave, as {@link #evict} does.
   *
   * @param specialist the specialist's name, {@code [a-z0-9-]+}
   * @return how many sessions there were; none where nobody knows the name
   * @throws IllegalArgumentException if the name is not one
   */
  public int evictSpecialist(String specialist) {
    SpecialistName name = SpecialistName.of(specialist);
    flights.voidIf(key -> name.equals(key.name()), "the specialist was evicted meanwhile");
    return join(store.evictSpecialist(specialist));
  }

  private static <T> T join(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /**
   * Looks at the ledger; {@code opened = live + draining + closed + lost + unclosed} in every look.
   *
   * @return the counts of every specialist known
   */
  public SessionSnapshot snapshot() {
    return ledger.snapshot();
  }

  /** {@return how many sessions each specialist has now, as {@link SessionStore#size} tells} */
  public Map<String, Integer> kept() {
    return specialists.sizes();
  }

  /** {@return what is set for every specialist known, and where, by the specialist's name} */
  public Map<String, List<Setting>> settings() {
    return specialists.settings();
  }

  /** {@return how the store is: its kind, and whether it can be reached} */
  public SessionStore.State storeState() {
    return store.state();
  }

  @Override
  public void start() {
    lifecycle.start();
  }

  /**
   * Refuses further calls, lets all sessions leave, and waits at most 5 seconds for openings in
   * flight and for closes; what is then still to be closed counts as unclosed.
   */
  @Override
  public void stop() {
    lifecycle.stop();
  }

  /** Stops, as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  @Override
  public boolean isRunning() {
    return lifecycle.isRunning();
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
