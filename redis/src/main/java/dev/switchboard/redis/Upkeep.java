package dev.switchboard.redis;

import dev.switchboard.session.Session;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a store does every second: renews leases, tells of uses, takes what is to be closed. */
final class Upkeep {

  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
  private static final long PERIOD_MILLIS = 1_000;

  private final ScheduledExecutorService timer;
  private final RedisLink link;
  private final SharedShelves shelves;
  private final Leases leases;
  private final Evictions evictions;
  private final Touches touches;
  private final Reaper reaper;
  private final LocalSessions local;
  private final Publications publications;
  private @Nullable ScheduledFuture<?> running;
  private CompletableFuture<?> reaping = CompletableFuture.completedFuture(null);

  Upkeep(
      ScheduledExecutorService timer,
      RedisLink link,
      SharedShelves shelves,
      Leases leases,
      Evictions evictions,
      Touches touches,
      Reaper reaper,
      LocalSessions local,
      Publications publications) {
    this.timer = timer;
    this.link = link;
    this.shelves = shelves;
    this.leases = leases;
    this.evictions = evictions;
    this.touches = touches;
    this.reaper = reaper;
    this.local = local;
    this.publications = publications;
  }

  /** What upkeep, and waiting for other processes, run on; one thread, never held up. */
  static ScheduledExecutorService newTimer() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "switchboard-redis");
          thread.setDaemon(true);
          return thread;
        });
  }

  synchronized void start() {
    running =
        timer.scheduleWithFixedDelay(
            this::runSafely, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void runSafely() {
    try {
      var unused = run();
    } catch (Throwable e) {
      // An error that left here would end all further rounds.
      log.debug("The upkeep of shared sessions failed", e);
    }
  }

  /** Begins one round; completes with it, or with the one before that has not ended yet. */
  synchronized CompletableFuture<?> run() {
    leases.renew();
    if (link.isUp() && reaping.isDone()) {
      // Redis may have lost its data, or not have heard something that was sent while it was up.
      var unused = shelves.register();
      unused = evictions.sendPending();
      local.unsure().forEach(this::share);
      reaper.tellClosed();
      shelves.all().forEach(touches::sweep);
      reaping =
          CompletableFuture.allOf(
              shelves.all().stream().map(reaper::reap).toArray(CompletableFuture[]::new));
    }
    return reaping;
  }

  private void share(Session session) {
    try {
      var unused = publications.share(shelves.get(session.key()), session);
    } catch (RuntimeException e) {
      // The codec may not encode it just now, which is nothing to the others.
      log.debug("Session {} cannot be shared: {}", session, e.getClass().getName());
    }
  }

  synchronized void stop() {
    if (running != null) {
      running.cancel(false);
    }
  }
}
