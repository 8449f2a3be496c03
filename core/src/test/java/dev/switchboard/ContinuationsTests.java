package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The threads that calls go on with after a wait. */
class ContinuationsTests {

  @Test
  void threadsThatRunAtOnceHaveNamesOfTheirOwn() throws Exception {
    Set<String> names = ConcurrentHashMap.newKeySet();
    CyclicBarrier together = new CyclicBarrier(4);
    for (int i = 0; i < 3; i++) {
      Continuations.executor()
          .execute(
              () -> {
                names.add(Thread.currentThread().getName());
                try {
                  together.await(20, TimeUnit.SECONDS);
                } catch (Exception e) {
                  names.clear();
                }
              });
    }
    together.await(20, TimeUnit.SECONDS);
    assertThat(names).hasSize(3).allMatch(name -> name.matches("switchboard-async-\\d+"));
  }
}
