package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Faults;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random sessions come, are used and leave; the order must say what a look at all of them says. */
class SessionOrderTests {

  private static final long TTL = 900;
  private static final long IDLE = 300;
  private static final int STEPS = Faults.scaled(20_000);

  private final SessionOrder order = new SessionOrder(TTL, IDLE);
  private final List<Session> sessions = new ArrayList<>();
  private long now = Long.MAX_VALUE - 1_000; // the clock may begin anywhere, and overflow
  private int names;

  @ParameterizedTest
  @ValueSource(ints = {3, 40, 700})
  void leastRecentlyUsedAndEnded(int size) {
    SplittableRandom random = new SplittableRandom(size);
    for (int step = 0; step < STEPS; step++) {
      now += random.nextInt(3);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> add(size);
        case 3, 4, 5 -> use(random);
        case 6 -> remove(random);
        default -> useMany(random);
      }
      if (random.nextInt(4) == 0) {
        check(step);
      }
    }
  }

  private void add(int size) {
    if (sessions.size() < size) {
      String name = "acme" + names++;
      Session session =
          new Session(SessionKey.of("marketing", name), name, Token.random(), now, false);
      sessions.add(session);
      order.add(session);
    }
  }

  private void use(SplittableRandom random) {
    if (sessions.isEmpty()) {
      return;
    }
    Session session = sessions.get(random.nextInt(sessions.size()));
    if (session.isInUse() && random.nextBoolean()) {
      session.setLastUsedNanos(now);
      session.releaseLast();
    } else if (random.nextInt(3) == 0) {
      session.acquire();
    } else if (!session.isInUse()) {
      session.setLastUsedNanos(now);
    }
  }

  /** Most have been used since the order was looked at. */
  private void useMany(SplittableRandom random) {
    if (random.nextInt(20) == 0) {
      for (Session session : sessions) {
        if (!session.isInUse()) {
          now += random.nextInt(2);
          session.setLastUsedNanos(now);
        }
      }
      Collections.shuffle(sessions, new Random(now));
    }
  }

  private void remove(SplittableRandom random) {
    if (!sessions.isEmpty()) {
      Session session = sessions.remove(random.nextInt(sessions.size()));
      order.remove(session);
      order.remove(session);
    }
  }

  private void check(int step) {
    Session chosen = order.leastRecentlyUsed(now);
    Comparator<Session> idleFirst = Comparator.comparing(Session::isInUse);
    Comparator<Session> byUse = idleFirst.thenComparing(each -> each.lastUsedNanos() - now);
    Session least = sessions.stream().min(byUse).orElse(null);
    assertThat(chosen == null).as("step %d", step).isEqualTo(least == null);
    if (chosen != null && least != null) {
      assertThat(byUse.compare(chosen, least)).as("step %d", step).isZero();
    }
    Session ended = order.ended(now);
    assertThat(ended != null).as("step %d", step).isEqualTo(nextEnd() <= 0);
    if (ended != null) {
      assertThat(left(ended)).as("step %d", step).isNotPositive();
    }
  }

  private long nextEnd() {
    return sessions.stream().mapToLong(this::left).min().orElse(Long.MAX_VALUE);
  }

  private long left(Session session) {
    long ttlLeft = TTL - (now - session.openedNanos());
    return session.isInUse() ? ttlLeft : Math.min(ttlLeft, IDLE - (now - session.lastUsedNanos()));
  }
}
