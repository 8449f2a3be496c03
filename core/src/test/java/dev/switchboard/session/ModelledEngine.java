package dev.switchboard.session;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The engine beside its model: takes a step with both, and fails where they differ. */
final class ModelledEngine implements SpecialistConnector, SessionStore.Listener {

  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LEARN_TIMEOUT = Duration.ofSeconds(15);
  private static final int TRIES = 4;
  static final List<SessionKey> KEYS = keys();

  private final FakeTicker ticker = new FakeTicker();
  private final FakeScheduler scheduler = new FakeScheduler(ticker);
  private final ModelStore model = new ModelStore(ticker);
  private final Deque<Runnable> closes = new ArrayDeque<>();
  private final List<ModelFrame.Opening> openings = new ArrayList<>();
  private final SpecialistSessions sessions;
  private @Nullable ModelFrame frame;
  private boolean stopping;
  private int refusals;
  private int failingCloses;
  private int ids;
  private @Nullable AssertionError violation;

  ModelledEngine(UnaryOperator<SessionStore> planted) {
    sessions =
        SpecialistSessions.builder()
            .specialist("opens", this)
            .specialist("learns", this)
            .settings(
                SessionSettings.builder()
                    .defaults(
                        new SpecialistSettings(
                            ModelStore.TTL, ModelStore.IDLE, ModelStore.MAX_SIZE))
                    .openTimeout(OPEN_TIMEOUT)
                    .learnTimeout(LEARN_TIMEOUT)
                    .build())
            .ticker(ticker)
            .scheduler(scheduler)
            .closeExecutor(this::execute)
            .store(planted.apply(new ToldStore(ticker, scheduler, this)))
            .build();
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

  void run(List<ModelStep> steps) {
    for (ModelStep step : steps) {
      take(step);
      checkSoFar();
    }
    stop();
    checkSoFar();
  }

  private void checkSoFar() {
    if (violation != null) {
      throw violation;
    }
    model.checkLedger(sessions.snapshot().total());
  }

  private void take(ModelStep step) {
    tick();
    SessionKey key = KEYS.get(step.key());
    switch (step.kind()) {
      case EVICT -> {
        refuse(key::equals);
        boolean kept = model.isKept(key);
        check(sessions.evict(key) == kept, "evict says whether there was one");
        check(!model.isKept(key), "evict leaves nothing");
      }
      case EVICT_TENANT -> {
        String tenant = String.valueOf(key.tenant());
        refuse(each -> tenant.equals(each.tenant()));
        Predicate<SessionKey> ofTenant = each -> tenant.equals(each.tenant());
        long most = model.count(ofTenant);
        long least = model.count(ofTenant.and(each -> model.served(each) != null));
        int evicted = sessions.evictTenant(tenant); // some may have ended, and leave for that
        check(evicted >= least && evicted <= most, "evictTenant says how many there were");
        check(model.count(each -> tenant.equals(each.tenant())) == 0, "none stay of a tenant");
      }
      case EVICT_SPECIALIST -> {
        refuse(each -> each.name().equals(key.name()));
        sessions.evictSpecialist(key.specialist());
        check(model.count(each -> each.name().equals(key.name())) == 0, "none stay there");
      }
      case REFUSE -> refusals = 1;
      case FAIL_CLOSES -> failingCloses += step.key();
      case CLOSE -> runCloses();
      case JUMP -> ticker.advance(Duration.ofMillis(700L * step.key()));
      case ADVANCE -> {
        Duration time = Duration.ofMillis(550L * step.key());
        scheduler.advance(time);
        if (time.compareTo(Duration.ofMillis(2_500)) >= 0) {
          model.checkNothingLingers();
        }
      }
      case RESTART -> {
        if (frame == null && openings.isEmpty()) {
          stop();
          sessions.start();
        }
      }
      default -> call(new ModelFrame(step, key, frame));
    }
  }

  /** No two things happen at the same time, so that one session is the least recently used. */
  private void tick() {
    ticker.advance(Duration.ofNanos(1));
    scheduler.runImmediate();
  }

  private void refuse(Predicate<SessionKey> keys) {
    openings.stream()
        .filter(opening -> keys.test(opening.key))
        .forEach(opening -> opening.wanted = false);
    openings.removeIf(opening -> !opening.wanted);
  }

  private void runCloses() {
    for (Runnable close = closes.poll(); close != null; close = closes.poll()) {
      close.run();
    }
  }

  private void stop() {
    stopping = true;
    failingCloses = 0;
    runCloses();
    scheduler.advance(Duration.ofSeconds(20)); // also tries again the closes that have failed
    sessions.stop();
    checkSoFar();
    check(model.count(key -> true) == 0, "nothing stays after a stop");
    stopping = false;
  }

  private void call(ModelFrame called) {
    ModelFrame owner = called.owner;
    boolean acquires = !called.isJoined() || (owner.session == null && owner.opening == null);
    ModelSession found = acquires ? model.served(called.key) : null;
    boolean needsOwnOpening =
        acquires
            && found == null
            && openings.stream().anyMatch(each -> each.key.equals(called.key));
    if (found != null) {
      owner.session = found;
      found.uses++;
    }
    frame = called;
    RuntimeException failure = null;
    try {
      boolean exclusive = called.step.kind() == ModelStep.Kind.ASK_EXCLUSIVE;
      SessionPolicy policy = new SessionPolicy(exclusive, List.of());
      int answered = sessions.call(called.key, policy, context -> body(context, called));
      check(answered == called.runs && called.thrown == null, "a call returns what its body does");
      if (owner.session != null) {
        owner.session.used = true;
      }
    } catch (ModelFrame.Planned | SessionOpenException | SessionLostException e) {
      failure = e;
    }
    if (failure instanceof SessionOpenException) {
      check(called.refused || needsOwnOpening, "no session is had for a reason only");
    } else if (failure != null) {
      check(called.thrown != null, "a call fails as its body did");
    }
    if (!called.isJoined()) {
      end(called);
    }
    frame = called.enclosing;
  }

  private void end(ModelFrame ended) {
    openings.remove(ended.opening);
    ModelSession session = ended.session;
    if (session != null) {
      session.lastUsed = ticker.read();
      session.uses--;
    }
  }

  private int body(SessionContext context, ModelFrame running) {
    ModelFrame owner = running.owner;
    running.runs++;
    running.thrown = null;
    checkContext(context, owner);
    running.takeWhileRunning().forEach(this::take);
    tick();
    checkContext(context, owner);
    ModelStep.Kind kind = running.step.kind();
    if (owner.session == null && owner.opening != null && kind != ModelStep.Kind.SAY_NOTHING) {
      learn(context, owner, owner.opening);
    } else if (kind == ModelStep.Kind.REBIND
        && owner.session != null
        && owner.key.specialist().equals("learns")) {
      rebind(context, owner, owner.session);
    }
    checkContext(context, owner);
    if (kind == ModelStep.Kind.FAIL) {
      throw fail(running, new ModelFrame.Planned());
    }
    if (kind == ModelStep.Kind.LOSE_TWICE || (kind == ModelStep.Kind.LOSE && running.runs == 1)) {
      lose(owner, running.runs);
      throw fail(running, new SessionLostException("forgotten"));
    }
    return running.runs;
  }

  private static void checkContext(SessionContext context, ModelFrame owner) {
    ModelSession session = owner.session;
    check(
        session == null
            ? context.idOrNull() == null && context.isFresh()
            : session.id.equals(context.idOrNull()) && context.isFresh() != session.used,
        "a call runs within its session");
  }

  private static RuntimeException fail(ModelFrame running, RuntimeException failure) {
    running.thrown = failure;
    return failure;
  }

  private void lose(ModelFrame owner, int run) {
    ModelSession session = owner.session;
    if (session == null) {
      return;
    }
    if (!model.isStored(session)) {
      model.lose(session);
    }
    if (run == 1) {
      session.uses--;
      owner.session = null;
    }
  }

  private ModelSession opened(ModelFrame owner, boolean wanted) {
    ModelSession session = model.opened(owner.key, "id-" + ++ids);
    if (wanted) {
      session.uses++;
      owner.session = session;
    } else {
      model.unwanted(session);
    }
    return session;
  }

  private void learn(SessionContext context, ModelFrame owner, ModelFrame.Opening opening) {
    boolean wanted = opening.wanted && ticker.read() - opening.deadline < 0;
    ModelSession learned = opened(owner, true);
    if (!wanted) {
      model.unwanted(learned);
    }
    owner.opening = null;
    openings.remove(opening);
    context.bind(learned.id);
    check(model.isStored(learned) == wanted, "what is learned is kept where it is wanted");
  }

  private void rebind(SessionContext context, ModelFrame owner, ModelSession replaced) {
    boolean kept = model.isStored(replaced);
    ModelSession other = opened(owner, true);
    if (!kept) {
      model.unwanted(other);
    }
    context.bind(other.id);
    replaced.uses--;
    check(model.isStored(other) == kept, "another id takes the place of the one learned");
  }

  @Override
  public @Nullable String open(SessionKey key) throws IOException {
    ModelFrame called = Objects.requireNonNull(frame);
    check(called.key.equals(key), "a call opens its own key only");
    check(model.served(key) == null, "a session is opened where there is none only");
    if (refusals > 0) {
      refusals--;
      called.refused = true;
      throw new IOException("refused");
    }
    ModelFrame.Opening opening =
        new ModelFrame.Opening(key, ticker.read() + OPEN_TIMEOUT.toNanos());
    openings.add(opening);
    frame = called.enclosing;
    called.takeWhileOpening().forEach(this::take);
    frame = called;
    if (key.specialist().equals("learns")) {
      opening.deadline = ticker.read() + LEARN_TIMEOUT.toNanos();
      called.owner.opening = opening;
      return null;
    }
    openings.remove(opening);
    boolean wanted = opening.wanted && ticker.read() - opening.deadline < 0;
    called.refused = !wanted;
    return opened(called.owner, wanted).id;
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
    tell(() -> model.entered(session.key(), session.id()));
  }

  @Override
  public void left(Session session, RemovalCause cause) {
    tell(() -> model.left(session.key(), session.id(), cause));
  }

  /** Keeps what the model says where the engine or Caffeine would swallow it. */
  private void tell(Runnable event) {
    try {
      event.run();
    } catch (AssertionError e) {
      violation = violation == null ? e : violation;
    }
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError("does not hold: " + rule);
    }
  }
}
