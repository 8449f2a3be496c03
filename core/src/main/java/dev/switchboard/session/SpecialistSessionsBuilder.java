package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.InvocationObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Builds {@link SpecialistSessions} without Spring. Not thread-safe.
 *
 * @since 0.1
 */
public final class SpecialistSessionsBuilder {

  private final Map<SpecialistName, SpecialistConnector> connectors = new HashMap<>();
  private SessionSettings settings = SessionSettings.builder().build();
  private Ticker ticker = Ticker.systemTicker();
  private Scheduler scheduler = Scheduler.systemScheduler();
  private @Nullable SessionStore store;
  private @Nullable Executor closeExecutor;
  private @Nullable SessionObserver observer;
  private @Nullable InvocationObserver invocations;

  SpecialistSessionsBuilder() {}

  /**
   * Names a specialist and says how to reach it.
   *
   * @param name the specialist's name, {@code [a-z0-9-]+}
   * @param connector opens and closes its conversations
   * @return this
   * @throws IllegalArgumentException if the name is not one
   */
  public SpecialistSessionsBuilder specialist(String name, SpecialistConnector connector) {
    connectors.put(SpecialistName.of(name), connector);
    return this;
  }

  /**
   * Sets bounds and time-outs.
   *
   * @param settings the settings; all defaults where not called
   * @return this
   */
  public SpecialistSessionsBuilder settings(SessionSettings settings) {
    this.settings = settings;
    return this;
  }

  /**
   * Sets where sessions are kept; by default a {@link InMemorySessionStore} of their own.
   *
   * @param store a store that no other engine uses
   * @return this
   */
  public SpecialistSessionsBuilder store(SessionStore store) {
    this.store = store;
    return this;
  }

  /**
   * Sets the clock, for tests.
   *
   * @param ticker tells nanoseconds; the system's by default
   * @return this
   */
  public SpecialistSessionsBuilder ticker(Ticker ticker) {
    this.ticker = ticker;
    return this;
  }

  /**
   * Sets what expires sessions without traffic and tries closes again, for tests.
   *
   * @param scheduler runs tasks later; the system's by default
   * @return this
   */
  public SpecialistSessionsBuilder scheduler(Scheduler scheduler) {
    this.scheduler = scheduler;
    return this;
  }

  /**
   * Sets who is told what happens to sessions, such as {@code SessionMeters}.
   *
   * @param observer counts; nobody by default
   * @return this
   */
  public SpecialistSessionsBuilder observer(SessionObserver observer) {
    this.observer = observer;
    return this;
  }

  /**
   * Sets who watches invocations, such as {@code InvocationObservations}.
   *
   * @param invocations traces; nobody by default
   * @return this
   */
  public SpecialistSessionsBuilder observer(InvocationObserver invocations) {
    this.invocations = invocations;
    return this;
  }

  /** Closes on this executor instead of a pool for every specialist. */
  SpecialistSessionsBuilder closeExecutor(Executor executor) {
    this.closeExecutor = executor;
    return this;
  }

  /**
   * Builds and starts the engine.
   *
   * @return an engine, to be closed
   */
  public SpecialistSessions build() {
    Map<SpecialistName, SpecialistConnector> known = Map.copyOf(connectors);
    SessionStore keeps = store != null ? store : new InMemorySessionStore(ticker, scheduler);
    return new SpecialistSessions(
        name -> specialist(name, known),
        keeps,
        settings,
        ticker,
        scheduler,
        closeExecutor,
        observer,
        invocations);
  }

  private Specialist specialist(
      SpecialistName name, Map<SpecialistName, SpecialistConnector> known) {
    SpecialistConnector connector = known.get(name);
    if (connector == null) {
      throw new InvalidDeclarationException(
          "No specialist '%s': the engine must be built with its connector".formatted(name),
          "Name it: SpecialistSessions.builder().specialist(\"%s\", connector).".formatted(name));
    }
    return new Specialist(name, settings.settle(name, List.of()), () -> connector);
  }
}
