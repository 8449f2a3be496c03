package dev.switchboard.benchmark;

import dev.switchboard.benchmark.SessionHitBenchmark.PlainDesk;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;

/**
 * Conversations of 3 to 20 messages of many more tenants than are kept, some of whom answer faster
 * than others: how many messages find another session than the one before, as a ratio to the exact
 * order of use, and what a message mostly takes that follows another.
 */
final class Conversations {

  private static final int KEPT = 1_000;
  private static final int MESSAGES = 1_000_000;

  /**
   * Takes about as long as the other questions' warm-up: with fewer the compiler is still at it.
   */
  private static final int WARM_UP = 4_000_000;

  private final UnaryOperator<String> ask;
  private final Map<String, Boolean> exact = Collections.synchronizedMap(new LeastRecentlyUsed());
  private final LongAdder broken = new LongAdder();
  private final LongAdder brokenByExact = new LongAdder();
  private final DoubleStream.Builder nanos = DoubleStream.builder();

  private Conversations(UnaryOperator<String> ask) {
    this.ask = ask;
  }

  private static final class LeastRecentlyUsed extends LinkedHashMap<String, Boolean> {

    private static final long serialVersionUID = 1L;

    LeastRecentlyUsed() {
      super(2 * KEPT, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > KEPT;
    }
  }

  public static void main(String[] args) throws InterruptedException {
    int threads = args[0].endsWith("2") ? 2 : 1;
    if (args[0].startsWith("switchboard")) {
      try (var desk = new Ours()) {
        run(args[0], tenant -> desk.bean.ask(tenant, "hello"), threads);
      }
    } else {
      PlainDesk desk = HandWritten.proxy(new PlainDesk(), new HandWritten.Sessions(KEPT));
      run(args[0], tenant -> desk.ask(tenant, "hello"), threads);
    }
  }

  private static final class Ours extends SessionHitBenchmark.Switchboard
      implements AutoCloseable {}

  private static void run(String name, UnaryOperator<String> ask, int threads)
      throws InterruptedException {
    new Conversations(ask).talk(threads, WARM_UP, "warm-up");
    Conversations measured = new Conversations(ask);
    measured.talk(threads, MESSAGES, "measured");
    System.out.println(
        name + ", broken=" + (double) measured.broken.sum() / measured.brokenByExact.sum());
    System.out.println(name + ", message=" + Figures.median(measured.nanos.build().toArray()));
  }

  private void talk(int threads, int messages, String prefix) throws InterruptedException {
    Thread[] all = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      int number = i;
      all[i] =
          new Thread(() -> talk(900 / threads, messages / threads, prefix + number + "-", number));
      all[i].start();
    }
    for (Thread thread : all) {
      thread.join();
    }
  }

  private void talk(int active, int messages, String prefix, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String[] tenants = new String[active];
    int[] left = new int[active];
    Map<String, String> ids = new HashMap<>();
    double[] nanos = new double[messages];
    int follows = 0;
    int next = 0;
    for (int message = 0; message < messages; message++) {
      int each = (int) (active * Math.pow(random.nextDouble(), 1.5));
      boolean follow = left[each] > 0;
      if (!follow) {
        ids.remove(tenants[each]);
        tenants[each] = prefix + next++;
        left[each] = random.nextInt(3, 21);
      }
      left[each]--;
      String tenant = tenants[each];
      long start = System.nanoTime();
      String id = ask.apply(tenant);
      long end = System.nanoTime();
      boolean known = exact.put(tenant, true) != null;
      String before = ids.put(tenant, id);
      if (follow) {
        nanos[follows++] = end - start;
        broken.add(id.equals(before) ? 0 : 1);
        brokenByExact.add(known ? 0 : 1);
      }
    }
    synchronized (this.nanos) {
      Arrays.stream(nanos, 0, follows).forEach(this.nanos);
    }
  }
}
