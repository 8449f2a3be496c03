package dev.switchboard.example.concierge.live;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Who watches the page: a bounded number of streams of server-sent events. A watcher holds a thread
 * only while a frame is written to it; one that is slow misses frames, one that is gone is dropped.
 */
@Component
class Watchers {

  static final int MAX = 16;

  private static final Duration STREAM = Duration.ofMinutes(30);

  private record Watcher(SseEmitter emitter, AtomicBoolean busy) {}

  private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(0, 2 * MAX, 10, TimeUnit.SECONDS, new SynchronousQueue<>());

  boolean any() {
    return !watchers.isEmpty();
  }

  int count() {
    return watchers.size();
  }

  /** Adds one, or returns null if there are too many. */
  synchronized @Nullable SseEmitter add(String frame) {
    if (watchers.size() >= MAX || threads.isShutdown()) {
      return null;
    }
    Watcher watcher = new Watcher(new SseEmitter(STREAM.toMillis()), new AtomicBoolean());
    Runnable remove = () -> watchers.remove(watcher);
    watcher.emitter().onCompletion(remove);
    watcher.emitter().onTimeout(watcher.emitter()::complete);
    watcher.emitter().onError(failure -> remove.run());
    watchers.add(watcher);
    send(watcher, frame);
    return watcher.emitter();
  }

  void send(String frame) {
    watchers.forEach(watcher -> send(watcher, frame));
  }

  private void send(Watcher watcher, String frame) {
    if (watcher.busy().compareAndSet(false, true)) {
      try {
        threads.execute(() -> write(watcher, frame));
      } catch (RejectedExecutionException e) {
        // Those who left in the middle of a frame still hold the threads.
        watcher.busy().set(false);
      }
    }
  }

  private void write(Watcher watcher, String frame) {
    try {
      watcher.emitter().send(frame, MediaType.TEXT_PLAIN);
    } catch (IOException | IllegalStateException e) {
      watchers.remove(watcher);
    } finally {
      watcher.busy().set(false);
    }
  }

  /** Streams that stay open would keep the web server from stopping. */
  @EventListener(ContextClosedEvent.class)
  synchronized void close() {
    watchers.forEach(watcher -> threads.execute(watcher.emitter()::complete));
    threads.shutdown();
  }
}
