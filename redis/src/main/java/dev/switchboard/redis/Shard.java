package dev.switchboard.redis;

import dev.switchboard.session.SessionLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one specialist that are in one hash slot: the keys that every script is given,
 * and the arguments that it is given first.
 */
final class Shard {

  private static final List<String> KEYS =
      List.of("sessions", "leases", "touched", "opened", "index", "closing", "closings", "gone");
  private static final String NO_LIMIT = "-1";
  private static final Logger log = LoggerFactory.getLogger(Shard.class);

  private final String slot;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final byte[][] keys;
  private final byte[][] head;
  private final int maxSize;
  private volatile int size;

  /**
   * Names a shard.
   *
   * @param space whose sessions, and where it is told what has left
   * @param specialist the specialist's canonical name
   * @param bucket which of the specialist's shards
   * @param limits bound and expiry, or null where only what is stored is known
   * @param maxSize how many sessions it keeps
   */
  Shard(
      Namespace space, String specialist, int bucket, @Nullable SessionLimits limits, int maxSize) {
    this.slot = space.key("{" + space.name() + ":" + specialist + ":" + bucket + "}");
    this.maxSize = maxSize;
    this.keys = KEYS.stream().map(key -> bytes(slot + ":" + key)).toArray(byte[][]::new);
    this.head =
        Stream.of(
                space.channel(),
                Long.toString(space.closeGrace().toMillis()),
                millis(limits == null ? null : limits.ttl()),
                millis(limits == null ? null : limits.idleTimeout()),
                Integer.toString(maxSize))
            .map(Shard::bytes)
            .toArray(byte[][]::new);
  }

  private static String millis(@Nullable Duration limit) {
    if (limit == null || limit.compareTo(Duration.ofMillis(Long.MAX_VALUE)) > 0) {
      return NO_LIMIT;
    }
    return Long.toString(Math.max(1, limit.toMillis()));
  }

  /** Notes how many sessions Redis has counted. */
  void counted(Object sessions) {
    size = ((Long) sessions).intValue();
  }

  boolean isOverfull() {
    return size > maxSize;
  }

  /** How many sessions there were when Redis last told. */
  int size() {
    return size;
  }

  /** Somebody else uses one of these keys, which hurts only these sessions; says so once. */
  void taken() {
    if (!taken.getAndSet(true)) {
      log.warn(
          "Something else is kept in Redis under {}:*: calls that need these keys go on without"
              + " Redis until it is deleted",
          slot);
    }
  }

  /** The hash of the sessions, each in its field. */
  byte[] sessions() {
    return keys[0];
  }

  byte[][] keys() {
    return keys;
  }

  /** The script's arguments: those that all have, then these. */
  byte[][] arguments(List<String> own) {
    byte[][] all = new byte[head.length + own.size()][];
    System.arraycopy(head, 0, all, 0, head.length);
    for (int i = 0; i < own.size(); i++) {
      all[head.length + i] = bytes(own.get(i));
    }
    return all;
  }

  /** Text that is ASCII, or arbitrary bytes that were read as ISO-8859-1. */
  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String text(Object reply) {
    return reply instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.ISO_8859_1)
        : String.valueOf(reply);
  }
}
