package dev.switchboard.redis;

import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

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

  /** Claims; {@code unreachable} answers where Redis does not. */
  CompletionStage<SessionStore.Claim> claim(
      SharedShelf shelf,
      SessionKey key,
      Supplier<CompletionStage<SessionStore.Claim>> unreachable) {
    SeenSession seen = shelf.near().unconfirmed(key);
    if (seen == null) {
      return claims.claim(shelf, key, unreachable);
    }
    Session session = seen.session();
    int flushes = shelf.near().flushes();
    return link.read(shelf.shard(seen.field()), seen.field())
        .<CompletionStage<SessionStore.Claim>>handle(
            (stored, failure) -> {
              if (failure != null) {
                return unreachable.get();
              }
              if (stored == null || !StoredSession.isOf(stored, session.token())) {
                return claims.claim(shelf, key, unreachable);
              }
              boolean used = StoredSession.isUsed(stored);
              if (used) {
                session.markUsed();
              }
              seen.confirm(flushes, used);
              return CompletableFuture.completedFuture(new SessionStore.Found(session));
            })
        .thenCompose(claim -> claim);
  }
}
