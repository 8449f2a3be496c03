package dev.switchboard.example.concierge.live;

import org.jspecify.annotations.Nullable;

/** One call, on its way through the concierge and, beside it, through two maps. Thread-safe. */
public final class Call implements AutoCloseable {

  enum Outcome {
    PENDING,
    ANSWERED,
    FAILED,
    /** Not played, as too many calls were on their way. */
    SKIPPED
  }

  /** How the call has come to its session. */
  enum Session {
    HIT,
    JOINED,
    OPENED,
    REOPENED
  }

  /**
   * What the page shows of a call.
   *
   * @param number counts calls, from 1
   * @param specialist who was asked
   * @param tenant who asked, or null for a tenant not made up by us
   * @param ours what the concierge made of it
   * @param session how it has come to its session
   * @param attempts how many attempts it has made
   * @param millis how long it took, or is taking
   * @param maps what the two maps made of it
   */
  record Row(
      long number,
      String specialist,
      @Nullable String tenant,
      Outcome ours,
      Session session,
      int attempts,
      long millis,
      Outcome maps) {}

  private static final ThreadLocal<Call> CURRENT = new ThreadLocal<>();

  private final CallLog log;
  private final long number;
  private final String specialist;
  private final @Nullable String tenant;
  private final long startNanos = System.nanoTime();
  private Outcome ours = Outcome.PENDING;
  private Outcome maps = Outcome.PENDING;
  private Session session = Session.HIT;
  private int attempts;
  private boolean isAnswered;
  private long nanos;

  Call(CallLog log, long number, String specialist, String tenant) {
    this.log = log;
    this.number = number;
    this.specialist = specialist;
    this.tenant = Cast.has(tenant) ? tenant : null;
  }

  /** The call that this thread is at, or null. */
  static @Nullable Call current() {
    return CURRENT.get();
  }

  /** Makes this the call that the thread is at, until it is closed. */
  Call enter() {
    CURRENT.set(this);
    return this;
  }

  /** Notes the specialist's answer. */
  public synchronized void answered() {
    isAnswered = true;
  }

  synchronized void attempt() {
    attempts++;
  }

  /** Notes how it comes to a session; of several ways the one that tells most. */
  synchronized void session(Session way) {
    session = way.compareTo(session) > 0 ? way : session;
  }

  /** Ends the call; failed, if it was not answered. */
  @Override
  public synchronized void close() {
    CURRENT.remove();
    nanos = System.nanoTime() - startNanos;
    ours = isAnswered ? Outcome.ANSWERED : Outcome.FAILED;
    log.end(row());
  }

  synchronized void playedByMaps(Outcome outcome) {
    maps = outcome;
  }

  synchronized Row row() {
    long taken = nanos == 0 ? System.nanoTime() - startNanos : nanos;
    return new Row(number, specialist, tenant, ours, session, attempts, taken / 1_000_000, maps);
  }
}
