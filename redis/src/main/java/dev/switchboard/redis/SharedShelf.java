package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.SessionLimits;
import java.util.List;
import java.util.stream.IntStream;

/** The shared sessions of one specialist. */
final class SharedShelf {

  private final String specialist;
  private final SessionLimits limits;
  private final List<Shard> shards;
  private final NearCache near;

  SharedShelf(
      Namespace space, String specialist, SessionLimits limits, int buckets, Ticker ticker) {
    if (limits.maxSize() < buckets) {
      throw new IllegalArgumentException(
          "maxSize must be at least the number of buckets in Redis, %d, but was %d"
              .formatted(buckets, limits.maxSize()));
    }
    this.specialist = StoredSession.canonical(specialist);
    this.limits = limits;
    int maxSize = limits.maxSize() / buckets;
    this.shards =
        IntStream.range(0, buckets)
            .mapToObj(bucket -> new Shard(space, this.specialist, bucket, limits, maxSize))
            .toList();
    this.near = new NearCache(limits, ticker);
  }

  /** The specialist's canonical name. */
  String specialist() {
    return specialist;
  }

  SessionLimits limits() {
    return limits;
  }

  List<Shard> shards() {
    return shards;
  }

  Shard shard(String field) {
    return shard(shards, field);
  }

  /** The one of a specialist's shards that a field is in. */
  static Shard shard(List<Shard> shards, String field) {
    return shards.get(Math.floorMod(field.hashCode(), shards.size()));
  }

  /** How many sessions there are in Redis, as it last told. */
  int size() {
    return shards.stream().mapToInt(Shard::size).sum();
  }

  NearCache near() {
    return near;
  }
}
