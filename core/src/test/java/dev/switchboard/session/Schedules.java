package dev.switchboard.session;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ForkJoinPool.ManagedBlocker;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs actors one at a time, from point to point, in every order that takes at most so many
 * switches away from an actor that could go on. Orders are found depth first, each by a run from
 * the start.
 */
final class Schedules {

  /** What runs anew under each schedule. */
  interface Play {

    /** Each on a thread of its own. */
    List<Runnable> actors();

    /** Whether who waits on a condition was signalled; such a wait is looked at from outside. */
    boolean isSignalled();

    /** Called after each step, while all actors stand at a point or wait for another. */
    void afterStep();

    /** Called when all actors are done. */
    void afterAll();
  }

  /** That many equal steps of an actor are a loop. */
  private static final int SPINS = 8;

  private static final int MOST_STEPS = 1_000;

  private record Choice(List<Integer> options, int taken) {}

  private final List<Choice> path = new ArrayList<>();
  private final int switches;
  private int runs;

  private Schedules(int switches) {
    this.switches = switches;
  }

  /**
   * Runs all schedules.
   *
   * @return how many there were
   * @throws AssertionError telling the first that fails
   */
  static int all(int switches, Supplier<? extends Play> plays) {
    Schedules schedules = new Schedules(switches);
    do {
      schedules.run(plays.get());
    } while (schedules.next());
    return schedules.runs;
  }

  /** Where another actor may go on; nothing on other threads. */
  static void point(String label) {
    if (Thread.currentThread() instanceof Actor actor) {
      actor.stand(label);
    }
  }

  /** Takes the last choice that can be another one. */
  private boolean next() {
    while (!path.isEmpty()) {
      Choice last = path.remove(path.size() - 1);
      if (last.taken() + 1 < last.options().size()) {
        path.add(new Choice(last.options(), last.taken() + 1));
        return true;
      }
    }
    return false;
  }

  private void run(Play play) {
    List<Actor> actors = play.actors().stream().map(task -> new Actor(play, task)).toList();
    List<String> story = new ArrayList<>();
    try {
      actors.forEach(Thread::start);
      goThrough(actors, play, story);
      play.afterAll();
      runs++;
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError("schedule %d %s: %s".formatted(runs + 1, story, failure), failure);
    } finally {
      actors.forEach(Actor::free);
    }
  }

  private void goThrough(List<Actor> actors, Play play, List<String> story) {
    int last = -1;
    int left = switches;
    for (int depth = 0; ; depth++) {
      awaitStill(actors);
      play.afterStep();
      List<Integer> options = standing(actors);
      if (options.isEmpty()) {
        refuseUnlessOver(actors);
        return;
      }
      if (depth == MOST_STEPS) {
        throw new AssertionError("does not end");
      }
      boolean canGoOn = options.remove((Object) last);
      if (canGoOn && !options.isEmpty() && spins(story)) {
        canGoOn = false; // it waits for another by looking again and again
      } else if (canGoOn) {
        if (left == 0) {
          options.clear();
        }
        options.add(0, last);
      }
      int taken = choose(depth, options);
      if (canGoOn && taken > 0) {
        left--;
      }
      last = options.get(taken);
      story.add(last + ":" + actors.get(last).label);
      actors.get(last).goOn();
    }
  }

  private static boolean spins(List<String> story) {
    int size = story.size();
    return size >= SPINS && Set.copyOf(story.subList(size - SPINS, size)).size() == 1;
  }

  private int choose(int depth, List<Integer> options) {
    if (depth == path.size()) {
      path.add(new Choice(options, 0));
    } else if (!path.get(depth).options().equals(options)) {
      throw new AssertionError("does not repeat: %s, now %s".formatted(path.get(depth), options));
    }
    return path.get(depth).taken();
  }

  private static List<Integer> standing(List<Actor> actors) {
    List<Integer> standing = new ArrayList<>();
    for (int i = 0; i < actors.size(); i++) {
      if (actors.get(i).standing) {
        standing.add(i);
      }
    }
    return standing;
  }

  private static void refuseUnlessOver(List<Actor> actors) {
    for (Actor actor : actors) {
      if (!actor.over) {
        throw new AssertionError("waits for ever: " + List.of(actor.getStackTrace()));
      }
      if (actor.failure != null) {
        throw new AssertionError("an actor failed", actor.failure);
      }
    }
  }

  /** A look is worth something once all others have been still during it: one for each actor. */
  @SuppressWarnings("ThreadPriorityCheck") // gives a single core to the actor it waits for
  private static void awaitStill(List<Actor> actors) {
    for (int looks = 0; looks < actors.size(); looks++) {
      for (Actor actor : actors) {
        while (!actor.isStill()) {
          looks = 0;
          Thread.yield();
        }
      }
    }
  }

  private static final class Actor extends Thread {

    private final Play play;
    private final Runnable task;
    private final Semaphore baton = new Semaphore(0);
    private volatile boolean standing;
    private volatile boolean called;
    private volatile boolean free;
    private volatile boolean over;
    private volatile String label = "";
    private volatile @Nullable Throwable failure;

    Actor(Play play, Runnable task) {
      this.play = play;
      this.task = task;
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        stand("begin");
        task.run();
      } catch (Throwable thrown) {
        failure = thrown;
      } finally {
        over = true;
      }
    }

    void stand(String where) {
      if (!free) {
        label = where;
        standing = true;
        baton.acquireUninterruptibly();
        called = false;
      }
    }

    void goOn() {
      called = true;
      standing = false;
      baton.release();
    }

    void free() {
      free = true;
      baton.release();
    }

    /** Whether it does nothing before another has; one that is awake already still looks parked. */
    boolean isStill() {
      if (standing || over) {
        return true;
      }
      State state = getState();
      boolean parked =
          state == State.WAITING || state == State.TIMED_WAITING || state == State.BLOCKED;
      if (called || !parked || isInterrupted()) {
        return false;
      }
      Object blocker = LockSupport.getBlocker(this);
      if (blocker instanceof ManagedBlocker future) {
        return !future.isReleasable();
      }
      if (blocker instanceof Condition) {
        return !play.isSignalled();
      }
      ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(getId());
      return info != null && info.getLockOwnerId() != -1;
    }
  }
}
