package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;

import com.github.benmanes.caffeine.cache.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An engine for one schedule: points at each step of its store, clock and connector, and within
 * calls. One actor runs at a time, but who lets another go on that has waited runs beside it up to
 * the next point.
 */
final class PlayedEngine implements Schedules.Play {

  private static final Duration TTL = Duration.ofMinutes(30);

  /** What is special about the calls. */
  enum Kind {
    OPENED,
    /** The first reply names the id. */
    LEARNED,
    EXCLUSIVE
  }

  private enum Fate {
    OPEN,
    FORGOTTEN,
    CLOSED
  }

  /**
   * Who takes part.
   *
   * @param kind how they ask
   * @param callers how many ask
   * @param warm whether there is a session before they do
   * @param between what comes between them
   */
  record Cast(Kind kind, int callers, boolean warm, @Nullable Consumer<PlayedEngine> between) {}

  private final Cast cast;
  private final FakeTicker ticker = new FakeTicker();
  private final Map<String, Fate> ids = new ConcurrentHashMap<>();
  private final Map<String, Integer> uses = new ConcurrentHashMap<>();
  private final SpecialistSessions sessions;
  private final Set<String> begun = ConcurrentHashMap.newKeySet();
  private final Set<String> evicted = new HashSet<>();
  private final AtomicInteger named = new AtomicInteger();
  private final AtomicInteger opening = new AtomicInteger();
  private int mayOverlap = 1;
  private int mayOpen = 1;
  private boolean mayFail;
  private boolean failsNext;
  private boolean stopped;
  private @Nullable Thread first;

  PlayedEngine(Cast cast, UnaryOperator<SessionStore> planted) {
    this.cast = cast;
    sessions =
        SpecialistSessions.builder()
            .specialist("marketing", new Connector())
            .settings(
                SessionSettings.builder().defaults(new SpecialistSettings(TTL, null, null)).build())
            .store(
                planted.apply(
                    new Stepped(new InMemorySessionStore(ticker, Scheduler.disabledScheduler()))))
            .ticker(
                () -> {
                  Schedules.point("clock");
                  return ticker.read();
                })
            .scheduler(Scheduler.disabledScheduler())
            .closeExecutor(Runnable::run)
            .build();
    if (cast.warm()) {
      ask();
    }
  }

  void failNextOpen() {
    failsNext = true;
    mayFail = true;
    mayOpen++;
  }

  void lose() {
    ids.replaceAll((id, fate) -> fate == Fate.OPEN ? Fate.FORGOTTEN : fate);
    mayOpen++;
  }

  void evict() {
    voided();
    evicted.addAll(begun);
    sessions.evict(ACME);
  }

  void evictTenant() {
    voided();
    evicted.addAll(begun);
    sessions.evictTenant("acme");
  }

  void pass(Duration time) {
    voided();
    ticker.advance(time);
  }

  private void voided() {
    mayFail = true;
    mayOverlap++;
    mayOpen++;
  }

  /** Its own call may fail, and the opening that it leads with it. */
  void interruptFirst() {
    mayOpen++;
    Thread caller = first;
    if (caller != null) {
      caller.interrupt();
    }
  }

  /** Calls that come later are refused; those that go on keep what they have. */
  void stop() {
    voided();
    stopped = true;
    sessions.stop();
  }

  void ask() {
    boolean exclusive = cast.kind() == Kind.EXCLUSIVE;
    sessions.call(ACME, new SessionPolicy(exclusive, List.of()), this::use);
  }

  private String use(SessionContext session) {
    if (session.idOrNull() == null) {
      String learned = beginId();
      Schedules.point("reply");
      ids.put(learned, Fate.OPEN);
      session.bind(learned);
    }
    String id = session.id();
    int others = uses.merge(id, 1, Integer::sum) - 1;
    try {
      expect(cast.kind() != Kind.EXCLUSIVE || others == 0, "two calls have a session of one");
      expect(fate(id) != Fate.CLOSED, "a closed session is used");
      Schedules.point("use");
      expect(fate(id) != Fate.CLOSED, "a session is closed in use");
      if (fate(id) == Fate.FORGOTTEN) {
        throw new SessionLostException("forgotten");
      }
      return id;
    } finally {
      uses.merge(id, -1, Integer::sum);
    }
  }

  private String beginId() {
    String id = "id-" + named.incrementAndGet();
    begun.add(id);
    return id;
  }

  private @Nullable Fate fate(String id) {
    return ids.get(id);
  }

  private static void expect(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError(rule);
    }
  }

  @Override
  public List<Runnable> actors() {
    List<Runnable> actors = new ArrayList<>();
    for (int i = 0; i < cast.callers(); i++) {
      actors.add(this::askOrFail);
    }
    Consumer<PlayedEngine> between = cast.between();
    if (between != null) {
      actors.add(() -> between.accept(this));
    }
    return actors;
  }

  private void askOrFail() {
    if (first == null) {
      first = Thread.currentThread();
    }
    try {
      ask();
    } catch (SessionOpenException failure) {
      if (!mayFail && !Thread.currentThread().isInterrupted()) {
        throw failure;
      }
    } catch (CallRefusedException failure) {
      if (!stopped && !Thread.currentThread().isInterrupted()) {
        throw failure;
      }
    }
  }

  @Override
  public boolean isSignalled() {
    return sessions.snapshot().total().draining() == 0;
  }

  @Override
  public void afterStep() {
    Engine.assertBalanced(sessions.snapshot().total());
  }

  @Override
  public void afterAll() {
    SessionCounts counts = sessions.snapshot().total();
    expect(counts.draining() == 0 && counts.unclosed() == 0, "not at rest: " + counts);
    expect(
        counts.live() <= 1 && counts.live() == sessions.kept().getOrDefault("marketing", 0),
        "live");
    expect(counts.opened() == ids.size() && ids.size() <= mayOpen, "opened: " + ids);
    expect(counts.closed() == count(Fate.CLOSED), "closed: " + counts);
    evicted.retainAll(ids.keySet());
    expect(evicted.stream().allMatch(id -> fate(id) == Fate.CLOSED), "evicted: " + ids);
    if (stopped) {
      expect(counts.live() == 0, "live after the stop: " + counts);
      return;
    }
    failsNext = false;
    ask();
    int opened = ids.size();
    ask();
    expect(opened == ids.size(), "the key does not stay open");
    Engine.assertBalanced(sessions.snapshot().total());
  }

  private long count(Fate fate) {
    return ids.values().stream().filter(fate::equals).count();
  }

  private final class Connector implements SpecialistConnector {

    @Override
    public @Nullable String open(SessionKey key) {
      if (cast.kind() == Kind.LEARNED) {
        Schedules.point("open");
        return null;
      }
      String id = beginId();
      expect(opening.incrementAndGet() <= mayOverlap, "two openings at once");
      Schedules.point("open");
      opening.decrementAndGet();
      if (failsNext) {
        failsNext = false;
        throw new IllegalStateException("refused");
      }
      ids.put(id, Fate.OPEN);
      return id;
    }

    @Override
    public void close(SessionKey key, String id) {
      Schedules.point("close");
      expect(uses.getOrDefault(id, 0) == 0, "a session in use is closed");
      expect(ids.put(id, Fate.CLOSED) != Fate.CLOSED, "closed twice");
    }

    @Override
    public boolean isLost(SessionKey key, String id, Throwable failure) {
      Schedules.point("isLost");
      return false;
    }
  }

  /** The store with a point before and after each step. */
  private static final class Stepped extends HeldStore {

    Stepped(SessionStore store) {
      super(store);
    }

    private static <T> T after(String label, T result) {
      Schedules.point(label);
      return result;
    }

    @Override
    public @Nullable Session find(SessionKey key, long nanos) {
      Session found = super.find(key, nanos);
      Schedules.point("found");
      return found;
    }

    @Override
    public CompletionStage<Claim> claim(SessionKey key) {
      Schedules.point("claim");
      return after("claimed", super.claim(key));
    }

    @Override
    public CompletionStage<Session> publish(Session opened) {
      Schedules.point("publish");
      return after("published", super.publish(opened));
    }

    @Override
    public void fail(SessionKey key, Token opening, @Nullable Throwable failure) {
      Schedules.point("fail");
      super.fail(key, opening, failure);
    }

    @Override
    public CompletionStage<Boolean> evict(
        SessionKey key, @Nullable Token opening, RemovalCause cause) {
      Schedules.point("evict");
      return after("evicted", super.evict(key, opening, cause));
    }

    @Override
    public CompletionStage<Integer> evictTenant(String tenant) {
      Schedules.point("evictTenant");
      return after("evicted", super.evictTenant(tenant));
    }

    @Override
    public void touch(Session session) {
      super.touch(session);
      Schedules.point("touched");
    }
  }
}
