package dev.switchboard.redis;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Holds the next so many requests until a test lets them go. */
final class Hold {

  private final Semaphore places;
  private final Semaphore arrived = new Semaphore(0);
  private final CountDownLatch released = new CountDownLatch(1);

  Hold(int places) {
    this.places = new Semaphore(places);
  }

  /** Waits where there is a place left; passes at once otherwise. */
  void pass() throws InterruptedException {
    if (places.tryAcquire()) {
      arrived.release();
      released.await();
    }
  }

  /** Waits until that many further requests are held, at most 30 s. */
  void awaitArrivals(int number) {
    try {
      if (!arrived.tryAcquire(number, 30, TimeUnit.SECONDS)) {
        throw new AssertionError("Fewer than " + number + " requests came within 30 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Lets go those held; none is held any more. */
  void release() {
    places.drainPermits();
    released.countDown();
  }
}
