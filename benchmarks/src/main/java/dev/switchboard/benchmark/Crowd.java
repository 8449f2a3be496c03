package dev.switchboard.benchmark;

import dev.switchboard.benchmark.SessionHitBenchmark.CaffeineCaching;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.Tenant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * 64 threads at once ask for what is not there yet and takes 5 ms to open: how long until all have
 * it, or its failure, as a ratio to one opening, and how many openings there were.
 */
final class Crowd {

  private static final int THREADS = 64;
  private static final int OPEN_MILLIS = 5;
  private static final int CROWDS = 40;
  private static final int WARM_UP = 15;

  private static final AtomicInteger OPENED = new AtomicInteger();
  private static final AtomicLong OPENING_NANOS = new AtomicLong();

  private Crowd() {}

  private static String open(String key) {
    OPENED.incrementAndGet();
    long start = System.nanoTime();
    try {
      Thread.sleep(OPEN_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      OPENING_NANOS.addAndGet(System.nanoTime() - start);
    }
    if (key.startsWith("failing")) {
      throw new IllegalStateException("the specialist is busy");
    }
    return Ids.of(key);
  }

  static class Desk {

    @SpecialistSession(specialist = "desk", maxSize = 100_000)
    String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Opening {

    @Bean
    SpecialistConnector desk() {
      return key -> open(String.valueOf(key.tenant()));
    }
  }

  static class CacheableDesk {

    @Cacheable("sessions")
    String ask(String tenantId) {
      return open(tenantId);
    }

    @Cacheable(cacheNames = "sessions", sync = true)
    String askInTurn(String tenantId) {
      return open(tenantId);
    }
  }

  public static void main(String[] args) throws InterruptedException {
    String name = args[0];
    try (var context =
        name.equals("switchboard")
            ? new AnnotationConfigApplicationContext(
                Desk.class, Opening.class, SpecialistSessionConfiguration.class)
            : new AnnotationConfigApplicationContext(CacheableDesk.class, CaffeineCaching.class)) {
      UnaryOperator<String> ask =
          switch (name) {
            case "switchboard" -> context.getBean(Desk.class)::ask;
            case "cacheable" -> context.getBean(CacheableDesk.class)::ask;
            default -> context.getBean(CacheableDesk.class)::askInTurn;
          };
      measure(name + " one key", ask, "fine", 1);
      measure(name + " one key, failing", ask, "failing", 1);
      measure(name + " 64 keys", ask, "fine", THREADS);
    }
  }

  private static void measure(String name, UnaryOperator<String> ask, String prefix, int keys)
      throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    double[] ratios = new double[CROWDS];
    double[] opened = new double[CROWDS];
    for (int crowd = -WARM_UP; crowd < CROWDS; crowd++) {
      OPENED.set(0);
      OPENING_NANOS.set(0);
      long took = crowd(pool, ask, prefix + " " + keys + " " + crowd + " ", keys);
      if (crowd >= 0) {
        ratios[crowd] = (double) took * OPENED.get() / OPENING_NANOS.get();
        opened[crowd] = (double) OPENED.get() / keys;
      }
    }
    pool.shutdown();
    System.out.println(name + "=" + Figures.median(ratios));
    System.out.println(name + ", openings a key=" + Figures.median(opened));
  }

  private static long crowd(
      ExecutorService pool, UnaryOperator<String> ask, String prefix, int keys)
      throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(THREADS);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(THREADS);
    for (int i = 0; i < THREADS; i++) {
      String key = prefix + i % keys;
      pool.execute(
          () -> {
            ready.countDown();
            try {
              go.await();
              var unused = ask.apply(key);
            } catch (InterruptedException | RuntimeException e) {
              // Those of a crowd that fails.
            } finally {
              done.countDown();
            }
          });
    }
    ready.await();
    long start = System.nanoTime();
    go.countDown();
    done.await();
    return System.nanoTime() - start;
  }
}
