package dev.switchboard.redis;

import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Claims that mostly need no script: of a session that this process has seen, it is enough to read
 * whether Redis still has it. Whatever else is read there, {@link RemoteClaims} judges.
 */
final class Confirmations {

  private final RedisLink link;
  private final RemoteClaims claims;

  Confirmations(RedisLink link, RemoteClaims claims) {
    this.link = link;
    this.claims = claims;
  }

  /** Completes a claim; {@code unreachable} answers where Redis does not. */
  void claim(
      CompletableFuture<SessionStore.Claim> claim,
      SharedShelf shelf,
      SessionKey key,
      Supplier<CompletionStage<SessionStore.Claim>> unreachable) {
    SeenSession seen = shelf.near().unconfirmed(key);
    if (seen == null) {
      claims.claim(claim, shelf, key, unreachable);
      return;
    }
    int flushes = shelf.near().flushes();
    var unused =
        link.read(shelf.shard(seen.field()), seen.field())
            .whenComplete(
                (stored, failure) -> {
                  if (failure != null) {
                    RemoteClaims.complete(claim, unreachable.get());
                  } else if (confirm(seen, flushes, stored)) {
                    claim.complete(new SessionStore.Found(seen.session()));
                  } else {
                    claims.claim(claim, shelf, key, unreachable);
                  }
                });
  }

  private static boolean confirm(SeenSession seen, int flushes, byte @Nullable [] stored) {
    Session session = seen.session();
    if (stored == null || !StoredSession.isOf(stored, session.token())) {
      return false;
    }
    boolean used = StoredSession.isUsed(stored);
    if (used) {
      session.markUsed();
    }
    seen.confirm(flushes, used);
    return true;
  }
}
