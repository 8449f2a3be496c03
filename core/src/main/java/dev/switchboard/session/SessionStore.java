package dev.switchboard.session;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps sessions. The engine opens, counts uses and closes; a store holds at most one session a
 * key, bounds and expires them, and tells what has left and why. No method waits for another
 * caller's opening: the engine joins the callers of its own process, and a shared store's {@link
 * #claim} completes when another process has finished.
 *
 * <p>All methods are safe for use by several threads, and may be called while none of the caller's
 * locks is held; stages may complete on any thread.
 *
 * @since 0.1
 */
public interface SessionStore {

  /** What a claim came to. */
  sealed interface Claim {}

  /**
   * The key has a session.
   *
   * @param session the session stored
   */
  record Found(Session session) implements Claim {}

  /**
   * The key has none; the claimant opens one and then calls {@link #publish} or {@link #fail}.
   *
   * @param opening what names this opening
   */
  record Granted(Token opening) implements Claim {}

  /**
   * How a store is.
   *
   * @param kind what it keeps sessions in, as in {@code memory}
   * @param available whether it can be reached; a shared store that cannot serves what it may
   * @param detail what an operator should know, without ids, tenants and credentials, or null
   */
  record State(String kind, boolean available, @Nullable String detail) {}

  /** Is told what enters and leaves; returns at once and calls back nothing but {@link #closed}. */
  interface Listener {

    /**
     * A session is about to be stored.
     *
     * @param session the session
     */
    void entered(Session session);

    /**
     * A session that had entered has left; told once.
     *
     * @param session the session
     * @param cause why
     */
    void left(Session session, RemovalCause cause);
  }

  /**
   * Starts, or starts again after {@link #stop}.
   *
   * @param listener who is told what enters and leaves
   */
  void start(Listener listener);

  /**
   * States what holds for a specialist, before the first use of its name.
   *
   * @param specialist the specialist's name
   * @param limits bound and expiry of its sessions
   * @throws IllegalArgumentException if the store cannot honour them, naming the limit and the rule
   */
  void configure(String specialist, SessionLimits limits);

  /**
   * Looks for the key's session in memory. Never waits, and is no use of the session: {@link
   * #touch} tells of those.
   *
   * @param key whose conversation
   * @param nanos when the call that looks began, or later, on the engine's ticker: to spare a store
   *     reading its own
   * @return a session within its ttl and idle time, or null where only {@link #claim} can tell, and
   *     of a specialist that has not been configured
   */
  @Nullable Session find(SessionKey key, long nanos);

  /**
   * Finds the key's session or grants its opening to the caller. Where another process opens it,
   * the stage completes when that one has finished, or has taken longer than it may; a stage that
   * the caller cancels before gives back what it would have been granted.
   *
   * @param key whose conversation
   * @return {@link Found} or {@link Granted}; fails with a {@link SessionOpenException} that says
   *     why where the other process failed or took too long
   */
  CompletionStage<Claim> claim(SessionKey key);

  /**
   * Says that the connector leaves the id to the first reply, so that a granted opening may last as
   * long as that takes. A store of one process need not know.
   *
   * @param key whose conversation
   * @param opening what {@link Granted} named it
   */
  default void learn(SessionKey key, Token opening) {}

  /**
   * Stores what a granted opening brought, unless another was first.
   *
   * @param opened the session opened, in use by the caller
   * @return the session that the key has now: {@code opened} or the winner; fails with a {@link
   *     SessionOpenException} that says why where another process has voided the opening
   */
  CompletionStage<Session> publish(Session opened);

  /**
   * Gives back a granted opening that brought nothing.
   *
   * @param key whose conversation
   * @param opening what {@link Granted} named it
   * @param failure why, or null where the caller leaves the opening to the next
   */
  void fail(SessionKey key, Token opening, @Nullable Throwable failure);

  /**
   * Forgets the session only while {@code opening} still names the stored one, so that a slow
   * caller cannot drop the session that a faster one has just reopened.
   *
   * @param key whose conversation
   * @param opening the opening to forget, or null for whichever is stored
   * @param cause told to the listener
   * @return whether an entry was removed
   */
  CompletionStage<Boolean> evict(SessionKey key, @Nullable Token opening, RemovalCause cause);

  /**
   * Forgets all sessions of a tenant, at all specialists.
   *
   * @param tenant the tenant
   * @return how many entries were removed
   */
  CompletionStage<Integer> evictTenant(String tenant);

  /**
   * Forgets all sessions with a specialist.
   *
   * @param specialist the specialist's name; one that was never configured has none
   * @return how many entries were removed
   */
  CompletionStage<Integer> evictSpecialist(String specialist);

  /**
   * Tells how many sessions with a specialist are kept, to compare with its bound. Must return at
   * once: a shared store counts those of all processes, as it has last heard. While it can be
   * reached, it knows at once what this process does, and what others do a second later.
   *
   * @param specialist the specialist's name; one that was never configured has none
   * @return how many sessions, never negative
   */
  int size(String specialist);

  /**
   * Tells how the store is. Must return at once, from what is known already.
   *
   * @return its state; available by default
   */
  default State state() {
    return new State(getClass().getSimpleName(), true, null);
  }

  /**
   * Notes that a use of the session ends now: its idle time starts anew. Called before the use is
   * released, and once more after the last use of a session that the store had parked.
   *
   * @param session a session that was in use
   */
  void touch(Session session);

  /**
   * Says that a session which had left, as the listener was told, has been closed, or could not be
   * for good, or has turned out to be lost. Not called for what is still to be closed when the
   * engine stops, so that a shared store can leave that to another process.
   *
   * @param session the session
   */
  default void closed(Session session) {}

  /**
   * Stops. A store of one process lets every session leave as {@link RemovalCause#SHUTDOWN}; a
   * shared one keeps them.
   */
  void stop();
}
