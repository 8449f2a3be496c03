package dev.switchboard.example.concierge.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The calls that come in: counted, the latest remembered, and every one played to two maps. */
@Component
public class CallLog {

  private static final Logger log = LoggerFactory.getLogger(CallLog.class);
  private static final int LATEST = 40;
  private static final int SLOW_MILLIS = 1000;

  /**
   * How the calls have ended so far.
   *
   * @param begun calls that came in
   * @param answered calls that the specialist answered
   * @param failed calls that it did not
   */
  record Totals(long begun, long answered, long failed) {}

  private final HandWritten maps;
  private final Deque<Call> latest = new ArrayDeque<>();
  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private long begun;

  CallLog(HandWritten maps) {
    this.maps = maps;
  }

  /**
   * Notes a call that begins, to be closed on this thread when it ends; the two maps get it at the
   * same time.
   */
  public Call begin(String specialist, String tenant, String message) {
    Call call = add(specialist, tenant);
    maps.play(specialist, tenant, message, call::playedByMaps);
    return call.enter();
  }

  private synchronized Call add(String specialist, String tenant) {
    Call call = new Call(this, ++begun, specialist, tenant);
    latest.addFirst(call);
    if (latest.size() > LATEST) {
      latest.removeLast();
    }
    return call;
  }

  /** Tells at INFO of calls that were not plain, with neither tenant nor id. */
  void end(Call.Row call) {
    boolean answer = call.ours() == Call.Outcome.ANSWERED;
    (answer ? answered : failed).increment();
    if (!answer
        || call.attempts() > 1
        || call.session() == Call.Session.REOPENED
        || call.millis() > SLOW_MILLIS) {
      log.info(
          "Call {} to {}: {} at attempt {}, session {}, {} ms",
          call.number(),
          call.specialist(),
          lower(call.ours()),
          call.attempts(),
          lower(call.session()),
          call.millis());
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  synchronized Totals totals() {
    return new Totals(begun, answered.sum(), failed.sum());
  }

  /** The latest calls, newest first. */
  synchronized List<Call.Row> latest() {
    return latest.stream().map(Call::row).toList();
  }
}
