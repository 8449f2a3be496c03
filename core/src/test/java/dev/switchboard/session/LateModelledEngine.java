package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Continuations;
import dev.switchboard.ThreadBindings;
import dev.switchboard.session.LateModelCall.Flight;
import dev.switchboard.session.LateModelCall.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Calls that answer later, beside their model: takes a step with the model, then with the engine,
 * and waits until the engine's threads have brought it to where the model is.
 *
 * <p>Time-outs are the other model's matter. Left out is where two threads of the engine would
 * race, so that either outcome would be right: evictions and losses while several wait to lead.
 */
final class LateModelledEngine implements SpecialistConnector, SessionStore.Listener {

  /** How long until the engine is looked at again. */
  private static final long LOOK_NANOS = 50_000;

  static final List<SessionKey> KEYS = keys();
  private static final int TRIES = 4;

  private final FakeTicker ticker = new FakeTicker();
  private final FakeScheduler scheduler = new FakeScheduler(ticker);
  private final ModelStore model = new ModelStore(ticker);
  private final Queue<Runnable> closes = new ConcurrentLinkedQueue<>();
  private final List<LateModelCall> calls = new ArrayList<>();
  private final Map<SessionKey, Flight> flights = new HashMap<>();
  private final List<Flight> held = new ArrayList<>();
  private final Map<SessionKey, Deque<LateModelCall>> turns = new HashMap<>();
  private final Map<SessionKey, Queue<Flight>> led = new ConcurrentHashMap<>();
  private final Map<String, Session> stored = new ConcurrentHashMap<>();
  private final Map<SessionKey, ModelSession> landed = new HashMap<>();
  private final Map<String, ModelSession> known = new ConcurrentHashMap<>();
  private final AtomicInteger givenBack = new AtomicInteger();
  private final long patience;
  private final SpecialistSessions sessions;
  private final List<Map<?, ?>> connectorThreads = new ArrayList<>();
  private volatile boolean stopping;
  private boolean holdNext;
  private boolean refuseNext;
  private int failingCloses;
  private int ids;
  private int toGiveBack;

  /** Found to be lost in this step. */
  private @Nullable ModelSession leaving;

  private volatile @Nullable AssertionError violation;

  LateModelledEngine(UnaryOperator<SessionStore> planted, Duration patience) {
    this.patience = patience.toNanos();
    Duration longEnough = Duration.ofHours(2);
    sessions =
        SpecialistSessions.builder()
            .specialist("opens", this)
            .specialist("learns", this)
            .settings(
                SessionSettings.builder()
                    .defaults(
                        new SpecialistSettings(
                            ModelStore.TTL, ModelStore.IDLE, ModelStore.MAX_SIZE))
                    .openTimeout(longEnough)
                    .learnTimeout(longEnough)
                    .exclusiveWait(longEnough)
                    .build())
            .ticker(ticker)
            .scheduler(scheduler)
            .closeExecutor(this::execute)
            .store(planted.apply(new Told(new ToldStore(ticker, scheduler, this))))
            .build();
    assertThat(sessions)
        .extracting("lifecycle.threads", InstanceOfAssertFactories.list(Object.class))
        .extracting("pools")
        .allSatisfy(pools -> connectorThreads.add((Map<?, ?>) pools));
  }

  /** Counts what the engine gives back, which it may do where nobody looks. */
  private final class Told extends HeldStore {

    Told(SessionStore store) {
      super(store);
    }

    @Override
    public void touch(Session session) {
      super.touch(session);
      givenBack.incrementAndGet();
    }
  }

  private static List<SessionKey> keys() {
    List<SessionKey> keys = new ArrayList<>();
    for (String specialist : List.of("opens", "learns")) {
      for (String tenant : List.of("acme", "globex", "initech")) {
        keys.add(SessionKey.of(specialist, tenant));
        keys.add(SessionKey.of(specialist, tenant, "part"));
      }
    }
    return keys;
  }

  private void execute(Runnable close) {
    if (stopping) {
      close.run();
    } else {
      closes.add(close);
    }
  }

  void run(List<LateStep> steps) {
    try {
      for (LateStep step : steps) {
        take(step);
        settle();
      }
      end();
    } finally {
      held.forEach(flight -> Objects.requireNonNull(flight.held).countDown());
    }
  }

  private void end() {
    holdNext = false;
    while (!held.isEmpty()) {
      land(held.remove(0));
      settle();
    }
    for (LateModelCall call : List.copyOf(calls)) {
      if (call.state != State.OVER) {
        cancel(call);
        settle();
      }
    }
    failingCloses = 0;
    runCloses();
    stopping = true;
    scheduler.advance(Duration.ofSeconds(20)); // also tries again the closes that have failed
    sessions.stop();
    settle();
    check(model.count(key -> true) == 0, "nothing stays after a stop");
  }

  private void take(LateStep step) {
    ticker.advance(Duration.ofNanos(1));
    scheduler.runImmediate();
    givenBack.set(0);
    toGiveBack = 0;
    leaving = null;
    SessionKey key = KEYS.get(step.key());
    switch (step.kind()) {
      case ASK -> ask(key, step, null);
      case ASK_EXCLUSIVE -> ask(key, step, null);
      case ASK_WITHIN -> {
        LateModelCall within = find(step, call -> call.ran.get() > 0);
        if (within != null) {
          ask(step.key() % 2 == 0 ? within.key : key, step, within);
        }
      }
      case ASK_NOW -> askNow(key);
      case ANSWER -> onRunning(step, this::answer);
      case FAIL -> onRunning(step, this::fail);
      case LOSE -> onRunning(step, this::lose);
      case CANCEL -> onRunning(step, this::cancel, call -> call.state != State.OVER);
      case BIND ->
          onRunning(
              step, this::bind, call -> call.state == State.RUNS && call.owner.learning != null);
      case HOLD -> holdNext = true;
      case LAND -> {
        if (!held.isEmpty()) {
          land(held.remove(step.call() % held.size()));
        }
      }
      case REFUSE -> refuseNext = true;
      case EVICT -> {
        if (isCalm(key::equals)) {
          refuse(key::equals);
          boolean kept = model.isKept(key);
          check(sessions.evict(key) == kept, "evict says whether there was one");
        }
      }
      case EVICT_TENANT -> {
        String tenant = String.valueOf(key.tenant());
        Predicate<SessionKey> ofTenant = each -> tenant.equals(each.tenant());
        if (isCalm(ofTenant)) {
          refuse(ofTenant);
          sessions.evictTenant(tenant);
          check(model.count(ofTenant) == 0, "none stay of a tenant");
        }
      }
      case ADVANCE -> {
        scheduler.advance(Duration.ofMillis(550L * step.key()));
        if (step.key() > 4) {
          model.checkNothingLingers();
        }
      }
      case CLOSE -> runCloses();
      case FAIL_CLOSES -> failingCloses += step.key();
    }
  }

  private void runCloses() {
    for (Runnable close = closes.poll(); close != null; close = closes.poll()) {
      close.run();
    }
  }

  private @Nullable LateModelCall find(LateStep step, Predicate<LateModelCall> suited) {
    int wanted = step.call();
    LateModelCall found = null;
    for (int i = calls.size() - 1; i >= 0 && wanted >= 0; i--) {
      if (suited.test(calls.get(i))) {
        found = calls.get(i);
        wanted--;
      }
    }
    return found;
  }

  private void onRunning(LateStep step, Consumer<LateModelCall> action) {
    onRunning(step, action, call -> call.state == State.RUNS);
  }

  private void onRunning(
      LateStep step, Consumer<LateModelCall> action, Predicate<LateModelCall> suited) {
    LateModelCall call = find(step, suited);
    if (call != null) {
      action.accept(call);
    }
  }

  /** Whether no more than one call would lead next. */
  private boolean isCalm(Predicate<SessionKey> keys) {
    return turns.entrySet().stream()
        .allMatch(queue -> !keys.test(queue.getKey()) || queue.getValue().size() < 2);
  }

  private void ask(SessionKey key, LateStep step, @Nullable LateModelCall within) {
    boolean exclusive =
        key.specialist().equals("opens")
            && (step.kind() == LateStep.Kind.ASK_EXCLUSIVE || (within != null && step.key() == 3));
    LateModelCall call = new LateModelCall(key, exclusive, within);
    LateModelCall outer = call.outer();
    Flight flight = flights.get(key);
    if (outer == null
        && flight != null
        && key.specialist().equals("learns")
        && !flight.waiting.isEmpty()) {
      return; // who leads next would be a race
    }
    calls.add(call);
    if (outer != null) {
      call.owner = outer.owner;
      call.owner.shares++;
      if (exclusive && call.owner.holders > 0) {
        call.has(call.owner);
      }
      runs(call);
    } else if (exclusive) {
      call.has(call);
      Deque<LateModelCall> queue = turns.computeIfAbsent(key, sameKey -> new ArrayDeque<>());
      queue.add(call);
      call.state = State.QUEUES;
      if (queue.size() == 1) {
        acquire(call);
      }
    } else {
      acquire(call);
    }
    start(call, step.call() % 2 == 0);
  }

  private void start(LateModelCall call, boolean publisher) {
    SessionPolicy policy = new SessionPolicy(call.exclusive, List.of());
    ThreadBindings before =
        call.enclosing == null ? ThreadBindings.capture() : call.enclosing.bindings.bind();
    try {
      call.result =
          publisher
              ? SessionPublishers.mono(
                      sessions,
                      call.key,
                      policy,
                      context -> {
                        call.enter(context);
                        return Mono.fromFuture(call::body);
                      })
                  .toFuture()
              : sessions.callAsync(
                  call.key,
                  policy,
                  context -> {
                    call.enter(context);
                    return call.body();
                  });
    } finally {
      before.bind();
    }
  }

  private void runs(LateModelCall call) {
    call.state = State.RUNS;
    call.begunOn = call.owner.session;
    call.runs++;
  }

  /** The call needs a session, its first or another one for a lost. */
  private void acquire(LateModelCall call) {
    call.state = State.WAITS;
    ModelSession found = served(call.key);
    Flight flight = flights.get(call.key);
    if (found != null) {
      found.uses++;
      has(call, found, null);
    } else if (flight != null) {
      flight.waiting.add(call);
    } else {
      lead(new Flight(call.key, call));
    }
  }

  /** What is there, or will be before the engine comes to ask. */
  private @Nullable ModelSession served(SessionKey key) {
    ModelSession entering = landed.get(key);
    ModelSession served =
        entering != null && entering.left == null && !model.isStored(entering)
            ? entering
            : model.served(key);
    return served == leaving ? null : served;
  }

  private void lead(Flight flight) {
    flights.put(flight.key, flight);
    flight.refused = refuseNext;
    boolean hangs = !refuseNext && holdNext;
    if (hangs) {
      holdNext = false;
      flight.held = new CountDownLatch(1);
      held.add(flight);
    }
    refuseNext = false;
    if (flight.key.specialist().equals("opens") && !flight.refused) {
      flight.id = "id-" + ++ids;
    }
    led.computeIfAbsent(flight.key, key -> new ConcurrentLinkedQueue<>()).add(flight);
    if (flight.refused) {
      flights.remove(flight.key);
      hasNone(flight.leader);
    } else if (!hangs) {
      landed(flight);
    }
  }

  private void land(Flight flight) {
    landed(flight);
    Objects.requireNonNull(flight.held).countDown();
  }

  private void landed(Flight flight) {
    LateModelCall leader = flight.leader;
    if (flight.id == null) {
      has(leader, null, flight);
      return;
    }
    ModelSession session = opened(flight.key, flight.id);
    flights.remove(flight.key, flight);
    if (!flight.wanted) {
      model.unwanted(session);
      hasNone(leader);
      return;
    }
    session.uses += 1 + flight.waiting.size();
    has(leader, session, null);
    flight.waiting.forEach(waiter -> has(waiter, session, null));
  }

  private ModelSession opened(SessionKey key, String id) {
    ModelSession session = model.opened(key, id);
    known.put(id, session);
    landed.put(key, session);
    return session;
  }

  /** The call has come to a session, in use already, or to one to learn. */
  private void has(LateModelCall call, @Nullable ModelSession session, @Nullable Flight learning) {
    LateModelCall owner = call.owner;
    ModelSession lost = call.lost;
    call.lost = null;
    boolean bereft = owner.session == null && owner.learning == null;
    if (bereft || owner.session == lost) {
      release(owner.session);
      owner.session = session;
      owner.learning = learning;
      owner.acquired = true;
    } else {
      giveBack(session, learning);
    }
    if (call.cancelled) {
      leave(call);
    } else {
      runs(call);
    }
  }

  private void hasNone(LateModelCall call) {
    call.lost = null;
    if (call.cancelled) {
      leave(call);
    } else {
      over(call, SessionOpenException.class);
    }
  }

  private static void release(@Nullable ModelSession session) {
    if (session != null) {
      session.uses--;
    }
  }

  private void giveBack(@Nullable ModelSession session, @Nullable Flight learning) {
    if (session != null) {
      toGiveBack++;
      session.lastUsed = ticker.read();
      session.uses--;
    }
    if (learning != null && flights.remove(learning.key, learning)) {
      learning.waiting.forEach(this::acquire);
    }
  }

  private void over(LateModelCall call, @Nullable Class<? extends Throwable> failure) {
    call.failure = failure;
    leave(call);
  }

  private void leave(LateModelCall call) {
    call.state = State.OVER;
    call.ended = call.acquired || !call.isOwner();
    if (call.ended) {
      LateModelCall owner = call.owner;
      boolean last = --owner.shares == 0;
      Flight learning = last || call == owner ? owner.learning : null;
      owner.learning = learning == null ? owner.learning : null;
      giveBack(last ? owner.session : null, learning);
    }
    LateModelCall turn = call.turn;
    call.turn = null;
    if (turn != null && --turn.holders == 0) {
      Deque<LateModelCall> queue = Objects.requireNonNull(turns.get(call.key));
      boolean first = queue.peek() == turn;
      queue.remove(turn);
      LateModelCall next = queue.peek();
      if (first && next != null) {
        acquire(next);
      }
    }
  }

  private void answer(LateModelCall call) {
    ModelSession begunOn = call.begunOn;
    ModelSession session = begunOn != null && begunOn.lost ? begunOn : call.owner.session;
    if (session != null) {
      session.used = true;
    }
    over(call, null);
    check(call.reply.complete("answered"), "a reply is waited for");
  }

  private void fail(LateModelCall call) {
    over(call, ModelFrame.Planned.class);
    check(call.reply.completeExceptionally(new ModelFrame.Planned()), "a reply is waited for");
  }

  private void lose(LateModelCall call) {
    ModelSession begunOn = call.begunOn;
    ModelSession session = begunOn != null ? begunOn : call.owner.session;
    Flight flight = flights.get(call.key);
    boolean races =
        call.owner.learning == null
            && flight != null
            && flight.id == null
            && !flight.waiting.isEmpty();
    if (races) {
      return;
    }
    CompletableFuture<String> reply = call.reply;
    leaving = session;
    if (session != null && !model.isStored(session)) {
      model.lose(session);
    }
    if (session == null || call.recovered) {
      over(call, SessionLostException.class);
    } else {
      call.recovered = true;
      call.lost = session;
      acquire(call);
    }
    check(
        reply.completeExceptionally(new SessionLostException("forgotten")),
        "a reply is waited for");
  }

  private void cancel(LateModelCall call) {
    call.cancelled = true;
    if (call.state != State.WAITS) {
      over(call, CancellationException.class);
    } else {
      call.failure = CancellationException.class;
    }
    call.result.cancel(true);
  }

  private void bind(LateModelCall call) {
    LateModelCall owner = call.owner;
    Flight flight = Objects.requireNonNull(owner.learning);
    ModelSession session = opened(owner.key, "id-" + ++ids);
    owner.learning = null;
    owner.session = session;
    session.uses += 1 + flight.waiting.size();
    if (flight.wanted) {
      flights.remove(flight.key, flight);
      flight.waiting.forEach(waiter -> has(waiter, session, null));
    } else {
      model.unwanted(session);
    }
    Objects.requireNonNull(call.context).bind(session.id);
  }

  /** Nobody wants what is in flight for these keys any more. */
  private void refuse(Predicate<SessionKey> keys) {
    for (Flight flight : List.copyOf(flights.values())) {
      if (keys.test(flight.key)) {
        flight.wanted = false;
        flights.remove(flight.key);
        List<LateModelCall> waiting = List.copyOf(flight.waiting);
        flight.waiting.clear();
        waiting.forEach(this::hasNone);
      }
    }
  }

  private void askNow(SessionKey key) {
    if (flights.containsKey(key) || refuseNext || holdNext) {
      return;
    }
    ModelSession found = model.served(key);
    boolean opens = found == null;
    if (opens) {
      Flight flight = new Flight(key, new LateModelCall(key, false, null));
      flight.id = key.specialist().equals("opens") ? "id-" + ++ids : null;
      led.computeIfAbsent(key, sameKey -> new ConcurrentLinkedQueue<>()).add(flight);
      found = opened(key, "id-" + (flight.id == null ? ++ids : ids));
    }
    ModelSession used = Objects.requireNonNull(found);
    used.uses++;
    String id =
        sessions.call(
            key,
            SessionPolicy.DEFAULT,
            context -> {
              if (context.idOrNull() == null) {
                context.bind(used.id);
              }
              return context.id();
            });
    check(id.equals(used.id), "a call at once has the session there is");
    used.used = true;
    used.lastUsed = ticker.read();
    used.uses--;
  }

  @Override
  public @Nullable String open(SessionKey key) throws Exception {
    Flight flight = Objects.requireNonNull(led.get(key)).poll();
    if (flight == null) {
      violation = new AssertionError("opened where there is a session, or an opening: " + key);
      throw new IOException("not expected");
    }
    flight.begun = true;
    if (flight.refused) {
      throw new IOException("refused");
    }
    CountDownLatch hangs = flight.held;
    if (hangs != null && !hangs.await(60, TimeUnit.SECONDS)) {
      throw new IOException("held for too long");
    }
    return flight.id;
  }

  @Override
  public void close(SessionKey key, String id) throws IOException {
    boolean fails = failingCloses > 0;
    failingCloses -= fails ? 1 : 0;
    tell(() -> model.closing(key, id, fails, TRIES));
    if (fails) {
      throw new IOException("cannot close");
    }
  }

  @Override
  public void entered(Session session) {
    stored.put(session.id(), session);
    tell(() -> model.entered(session.key(), session.id()));
  }

  @Override
  public void left(Session session, RemovalCause cause) {
    stored.remove(session.id());
    tell(() -> model.left(session.key(), session.id(), cause));
  }

  private synchronized void tell(Runnable event) {
    try {
      event.run();
    } catch (AssertionError e) {
      violation = violation == null ? e : violation;
    }
  }

  /** Waits until the engine has come to where the model is. */
  private void settle() {
    long start = System.nanoTime();
    for (String differs = difference(); differs != null; differs = difference()) {
      AssertionError violated = violation;
      if (violated != null) {
        throw violated;
      }
      if (System.nanoTime() - start > patience) {
        throw new AssertionError(differs);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    calls.removeIf(call -> call.state == State.OVER && calls.size() > 20);
  }

  private @Nullable String difference() {
    if (violation != null) {
      return "violated";
    }
    for (LateModelCall call : calls) {
      String differs = difference(call);
      if (differs != null) {
        return call + ": " + differs;
      }
    }
    for (Flight flight : held) {
      if (!flight.begun) {
        return "no opening of " + flight.key.specialist() + flight.key.tenant();
      }
    }
    if (givenBack.get() < toGiveBack) {
      return "not given back";
    }
    if (!isQuiet()) {
      return "still at work";
    }
    for (Session session : stored.values()) {
      ModelSession expected = Objects.requireNonNull(known.get(session.id()));
      if (session.isInUse() != expected.uses > 0) {
        return expected + " should have " + expected.uses + " uses";
      }
      if (session.lastUsedNanos() != expected.lastUsed) {
        return expected + " was used at another time";
      }
    }
    try {
      synchronized (this) {
        model.checkLedger(sessions.snapshot().total());
      }
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage());
    }
    return null;
  }

  /**
   * Whether no thread of the engine is at work, but in openings that hang. They wake each other.
   */
  private boolean isQuiet() {
    ForkJoinPool continuations = (ForkJoinPool) Continuations.executor();
    for (int look = 0; look < 2; look++) {
      int busy = 0;
      for (Map<?, ?> pools : connectorThreads) {
        for (Object each : pools.values()) {
          ThreadPoolExecutor pool = (ThreadPoolExecutor) each;
          busy += pool.getQueue().size() + pool.getActiveCount();
        }
      }
      if (busy != held.size() || !continuations.isQuiescent()) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String difference(LateModelCall call) {
    if (call.ran.get() != call.runs) {
      return "its body has run " + call.ran + " times instead of " + call.runs;
    }
    boolean done = call.state == State.OVER || call.cancelled;
    if (call.result.isDone() != done) {
      return done ? "it does not end" : "it ends too early";
    }
    if (done) {
      Throwable failure = failureOf(call.result);
      return call.failure == null
          ? failure == null ? null : "it fails with " + failure
          : call.failure.isInstance(failure) ? null : "it does not fail but " + failure;
    }
    SessionContext context = call.context;
    if (call.state != State.RUNS || context == null) {
      return null;
    }
    ModelSession session = call.owner.session;
    // Not asked for as the work would: a failure is about what that was last told of.
    Session actual = context.sessionOrNull();
    String id = actual == null ? null : actual.id();
    boolean within =
        session == null
            ? id == null && context.isFresh()
            : session.id.equals(id) && context.isFresh() != session.used;
    return within ? null : "it is not within " + session;
  }

  private static @Nullable Throwable failureOf(CompletableFuture<String> result) {
    try {
      result.join();
      return null;
    } catch (CompletionException e) {
      return e.getCause();
    } catch (CancellationException e) {
      return e;
    }
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError("does not hold: " + rule);
    }
  }
}
