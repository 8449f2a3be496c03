package dev.switchboard.session;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and stops an engine's parts, each in its place. */
final class SessionLifecycle {

  private static final Logger log = LoggerFactory.getLogger(SessionLifecycle.class);
  private static final long SHUTDOWN_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final SessionStore store;
  private final Ledger ledger;
  private final SessionDrain drain;
  private final Flights flights;
  private final SessionCalls calls;
  private final List<ConnectorThreads> threads;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile boolean running;

  SessionLifecycle(
      SessionStore store,
      Ledger ledger,
      SessionDrain drain,
      Flights flights,
      SessionCalls calls,
      List<ConnectorThreads> threads) {
    this.store = store;
    this.ledger = ledger;
    this.drain = drain;
    this.flights = flights;
    this.calls = calls;
    this.threads = threads;
  }

  void start() {
    changing.lock();
    try {
      if (!running) {
        drain.start();
        store.start(drain);
        flights.start();
        calls.start();
        running = true;
      }
    } finally {
      changing.unlock();
    }
  }

  void stop() {
    changing.lock();
    try {
      if (running) {
        running = false;
        end();
      }
    } finally {
      changing.unlock();
    }
  }

  private void end() {
    long end = System.nanoTime() + SHUTDOWN_NANOS;
    long unclosed = ledger.snapshot().total().unclosed();
    calls.stop();
    flights.stop();
    store.stop();
    try {
      flights.awaitLanded(end - System.nanoTime());
      ledger.awaitDrained(end - System.nanoTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.forEach(ConnectorThreads::retire);
    drain.stop();
    SessionCounts stopped = ledger.snapshot().total();
    long left = stopped.draining() + stopped.unclosed() - unclosed;
    if (left > 0) {
      log.warn("Stopped with sessions still to be closed: {}", left);
    }
  }

  boolean isRunning() {
    return running;
  }
}
