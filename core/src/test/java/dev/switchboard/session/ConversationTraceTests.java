package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A full store breaks hardly more conversations than the exact least-recently-used order would. */
class ConversationTraceTests {

  private static final int MAX_SIZE = 1_000;
  private static final int MESSAGES = 200_000;

  @Test
  void conversationsOfThreeToTwentyMessagesAreBrokenAsByExactLeastRecentlyUsed() {
    for (int active : new int[] {500, 700, 900}) {
      long exact = 0;
      long ours = 0;
      try (Engine engine = new Engine(Engine.maxSize(MAX_SIZE))) {
        Map<Integer, Boolean> order = leastRecentlyUsed();
        SplittableRandom random = new SplittableRandom(active);
        int[] tenants = new int[active];
        int[] left = new int[active];
        int next = 0;
        for (int message = 0; message < MESSAGES; message++) {
          // Some people answer faster than others.
          int each = (int) (active * Math.pow(random.nextDouble(), 1.5));
          boolean follows = left[each] > 0;
          if (!follows) {
            tenants[each] = next++;
            left[each] = random.nextInt(3, 21);
          }
          left[each]--;
          engine.ticker.advance(Duration.ofNanos(10_000));
          int opened = engine.specialist.opened.get();
          engine.idOf(SessionKey.of("marketing", "t" + tenants[each]));
          if (follows) {
            ours += engine.specialist.opened.get() - opened;
            exact += order.containsKey(tenants[each]) ? 0 : 1;
          }
          if (order.get(tenants[each]) == null) {
            order.put(tenants[each], true);
          }
          if (message % 1_000 == 0) {
            engine.runCloses();
          }
        }
      }
      System.out.printf(
          "Conversations, %d at once, %d kept: %d of %d messages broken, %d by exact LRU%n",
          active, MAX_SIZE, ours, MESSAGES, exact);
      assertThat(ours).isLessThanOrEqualTo(2 * exact + MESSAGES / 2_000);
    }
  }

  private static Map<Integer, Boolean> leastRecentlyUsed() {
    return new LinkedHashMap<>(MAX_SIZE, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
        return size() > MAX_SIZE;
      }
    };
  }
}
