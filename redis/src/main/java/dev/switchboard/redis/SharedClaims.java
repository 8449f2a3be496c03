package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionStore.Claim;
import dev.switchboard.session.SessionStore.Found;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a claim, which all complete the same future, so that cancelling it reaches whichever
 * goes on. A session that was opened without Redis is shared; of one that this process has seen it
 * is enough to read whether Redis still has it; all else {@link RemoteClaims} asks for.
 */
final class SharedClaims {

  private final RedisLink link;
  private final Ticker ticker;
  private final LocalSessions local;
  private final Publications publications;
  private final RemoteClaims remote;
  private final boolean failing;

  /**
   * Creates the way to claims.
   *
   * @param failing whether claims fail while Redis does not answer
   */
  SharedClaims(
      RedisLink link,
      Ticker ticker,
      LocalSessions local,
      Publications publications,
      RemoteClaims remote,
      boolean failing) {
    this.link = link;
    this.ticker = ticker;
    this.local = local;
    this.publications = publications;
    this.remote = remote;
    this.failing = failing;
  }

  CompletableFuture<Claim> claim(SharedShelf shelf, SessionKey key) {
    CompletableFuture<Claim> claim = new CompletableFuture<>();
    Session alone = local.isEmpty() ? null : local.store().find(key, ticker.read());
    if (alone == null) {
      confirm(claim, shelf, key);
    } else {
      share(claim, shelf, alone);
    }
    return claim;
  }

  private void share(CompletableFuture<Claim> claim, SharedShelf shelf, Session alone) {
    var unused =
        publications
            .share(shelf, alone)
            .thenAccept(
                session -> {
                  if (session != null) {
                    claim.complete(new Found(session));
                  } else {
                    confirm(claim, shelf, alone.key());
                  }
                })
            .exceptionally(failure -> fail(claim, failure));
  }

  private void confirm(CompletableFuture<Claim> claim, SharedShelf shelf, SessionKey key) {
    SeenSession seen = shelf.near().unconfirmed(key);
    if (seen == null) {
      ask(claim, shelf, key);
      return;
    }
    int flushes = shelf.near().flushes();
    var unused =
        link.read(shelf.shard(seen.field()), seen.field())
            .<@Nullable Void>handle(
                (stored, failure) -> {
                  if (failure != null) {
                    RemoteClaims.complete(claim, claimWithoutRedis(shelf, key));
                  } else if (isConfirmed(seen, flushes, stored)) {
                    claim.complete(new Found(seen.session()));
                  } else {
                    ask(claim, shelf, key);
                  }
                  return null;
                })
            .exceptionally(failure -> fail(claim, failure));
  }

  /** Nobody waits for what has gone wrong on the way. */
  private static @Nullable Void fail(CompletableFuture<Claim> claim, Throwable failure) {
    claim.completeExceptionally(RedisFailures.cause(failure));
    return null;
  }

  private static boolean isConfirmed(SeenSession seen, int flushes, byte @Nullable [] stored) {
    Session session = seen.session();
    if (stored == null || !StoredSession.isOf(stored, session.token())) {
      return false;
    }
    boolean used = StoredSession.isUsed(stored);
    if (used) {
      session.markUsed();
    }
    return seen.confirm(flushes, used);
  }

  private void ask(CompletableFuture<Claim> claim, SharedShelf shelf, SessionKey key) {
    remote.claim(claim, shelf, key, () -> claimWithoutRedis(shelf, key));
  }

  private CompletionStage<Claim> claimWithoutRedis(SharedShelf shelf, SessionKey key) {
    if (failing) {
      return CompletableFuture.failedFuture(RemoteClaims.unreachable(key));
    }
    Session seen = shelf.near().any(key, ticker.read());
    return seen != null
        ? CompletableFuture.completedFuture(new Found(seen))
        : local.store().claim(key);
  }
}
