package dev.switchboard.session;

import org.jspecify.annotations.Nullable;

/** What the model knows of one session. */
final class ModelSession {

  final SessionKey key;
  final String id;
  final long opened;
  long lastUsed;
  int uses;
  boolean used;
  boolean lost;
  int failedCloses;
  @Nullable RemovalCause left;

  ModelSession(SessionKey key, String id, long now) {
    this.key = key;
    this.id = id;
    this.opened = now;
    this.lastUsed = now;
  }

  boolean isPastTtl(long now, long ttl) {
    return now - opened >= ttl;
  }

  boolean isIdleSince(long now, long idle) {
    return uses == 0 && now - lastUsed >= idle;
  }

  @Override
  public String toString() {
    return id + " of " + key.tenant() + key.parts() + (left == null ? "" : " " + left);
  }
}
