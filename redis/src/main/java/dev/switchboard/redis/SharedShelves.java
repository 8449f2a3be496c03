package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLimits;
import dev.switchboard.session.Token;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The specialists: those that this process calls, and in Redis those that any process does. */
final class SharedShelves {

  private static final Pattern MESSAGE = Pattern.compile("(\\S+) ([0-9a-f]{32})");

  private final Namespace space;
  private final int buckets;
  private final RedisLink link;
  private final Ticker ticker;
  private final Map<String, SharedShelf> shelves = new ConcurrentHashMap<>();

  /** By the name as it is written, which is what every call has. */
  private final Map<String, SharedShelf> written = new ConcurrentHashMap<>();

  SharedShelves(Namespace space, int buckets, RedisLink link, Ticker ticker) {
    this.space = space;
    this.buckets = buckets;
    this.link = link;
    this.ticker = ticker;
  }

  SharedShelf add(String specialist, SessionLimits limits) {
    SharedShelf shelf = new SharedShelf(space, specialist, limits, buckets, ticker);
    shelves.put(shelf.specialist(), shelf);
    written.put(specialist, shelf);
    if (link.isUp()) {
      var unused = register();
    }
    return shelf;
  }

  /** Lets the other processes know of the specialists that this one calls. */
  CompletionStage<?> register() {
    if (shelves.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    byte[][] names = shelves.keySet().stream().map(Shard::bytes).toArray(byte[][]::new);
    return link.command(redis -> redis.sadd(Shard.bytes(space.specialists()), names));
  }

  SharedShelf get(SessionKey key) {
    SharedShelf shelf = find(key);
    if (shelf == null) {
      throw new IllegalStateException(
          "specialist '%s' was not configured".formatted(key.specialist()));
    }
    return shelf;
  }

  /** Returns null for a specialist that this process has not called yet. */
  @Nullable SharedShelf find(SessionKey key) {
    SharedShelf shelf = written.get(key.specialist());
    return shelf != null ? shelf : find(key.specialist());
  }

  /** Returns null for a specialist that this process has not called yet. */
  @Nullable SharedShelf find(String specialist) {
    return shelves.get(StoredSession.canonical(specialist));
  }

  Collection<SharedShelf> all() {
    return shelves.values();
  }

  /** Lets all near caches ask Redis anew. */
  void flush() {
    shelves.values().forEach(shelf -> shelf.near().flush());
  }

  /** A session has left, or an opening is void: its field, a space, its token, which it returns. */
  @Nullable Token left(String text) {
    Matcher message = MESSAGE.matcher(text);
    if (!message.matches()) {
      return null;
    }
    Token token = StoredSession.token(message.group(2));
    shelves.values().forEach(shelf -> shelf.near().left(message.group(1), token));
    return token;
  }

  /** The shards of every specialist, those that only other processes call too. */
  CompletionStage<List<Shard>> allShards() {
    return link.command(redis -> redis.smembers(Shard.bytes(space.specialists())))
        .thenApply(
            members -> {
              Set<String> names = new TreeSet<>(shelves.keySet());
              members.forEach(name -> names.add(Shard.text(name)));
              return names.stream().flatMap(name -> shards(name).stream()).toList();
            });
  }

  /** The shards of a specialist, whether this process has called it or not. */
  List<Shard> shards(String specialist) {
    String canonical = StoredSession.canonical(specialist);
    SharedShelf shelf = shelves.get(canonical);
    return shelf != null
        ? shelf.shards()
        : IntStream.range(0, buckets)
            .mapToObj(bucket -> new Shard(space, canonical, bucket, null, 0))
            .toList();
  }
}
