package dev.switchboard.session;

import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The session of one invocation. {@link #current()} finds it on the thread that runs the method's
 * body. A nested invocation on the same key has a context of its own that shares the enclosing
 * one's session. {@link #toString} prints a salted hash of the id.
 *
 * <p>Safe for use by several threads while the invocation lasts.
 *
 * @since 0.1
 */
public final class SessionContext extends HeldSession {

  private static final ThreadBindings.Slot<SessionContext> CURRENT = new ThreadBindings.Slot<>();

  private final SpecialistSessions sessions;
  private final SessionKey key;

  /** Of those outwards of it, what is over goes when another call begins within this one. */
  private @Nullable SessionContext enclosing;

  SessionContext(
      SpecialistSessions sessions,
      SessionKey key,
      @Nullable SessionContext enclosing,
      @Nullable SessionContext joined,
      @Nullable Trace trace) {
    super(joined, trace);
    this.sessions = sessions;
    this.key = key;
    this.enclosing = enclosing;
    if (enclosing != null) {
      enclosing.forgetThoseOver();
    }
  }

  /**
   * {@return the context of the innermost invocation that this thread runs}
   *
   * @throws IllegalStateException outside an invocation, naming the usual causes
   */
  public static SessionContext current() {
    SessionContext context = CURRENT.get();
    if (context == null) {
      throw new IllegalStateException(
          "No session here: SessionContext.current() works on the thread that runs a method"
              + " annotated with @SpecialistSession and called through its Spring bean. Usual"
              + " causes: self-invocation (this.method()), another thread, a lambda that runs only"
              + " after the method has returned (as in Mono.fromCallable: ask before it), an object"
              + " that is not a Spring bean and so has no proxy, or a test slice without this"
              + " library's auto-configuration. On another thread wrap its executor with"
              + " PropagatingTaskDecorator, in Reactor let Micrometer propagate contexts");
    }
    if (context.isEnded()) {
      throw new IllegalStateException(
          "the invocation of this thread's session has ended, and the session may be closed: let"
              + " the method return, or its result complete, only after all work with the session");
    }
    return context;
  }

  /**
   * Returns the session of the invocation that this thread runs, which must be with this
   * specialist.
   *
   * @param specialist the specialist's name
   * @return the innermost invocation's context
   * @throws IllegalStateException outside an invocation, and within one of another specialist
   */
  public static SessionContext current(String specialist) {
    SessionContext context = current();
    if (!context.key.name().equals(SpecialistName.of(specialist))) {
      throw new IllegalStateException(
          "The innermost @SpecialistSession call here is with specialist '%s', not '%s'"
              .formatted(context.key.specialist(), specialist));
    }
    return context;
  }

  static @Nullable SessionContext in(ThreadBindings bindings) {
    return CURRENT.in(bindings);
  }

  /** What who works within this invocation works for. */
  ThreadBindings within(ThreadBindings caller) {
    return CURRENT.with(caller, this);
  }

  static @Nullable SessionContext bound(@Nullable Object[] thread) {
    return CURRENT.get(thread);
  }

  static @Nullable SessionContext currentOrNull() {
    return CURRENT.get();
  }

  /** Returns the one bound before. */
  static @Nullable SessionContext bind(
      @Nullable Object[] thread, @Nullable SessionContext context) {
    return CURRENT.bind(thread, context);
  }

  /** {@return whose conversation it is} */
  public SessionKey key() {
    return key;
  }

  /**
   * {@return the session's id, a secret}
   *
   * @throws IllegalStateException while the id is still to be learned; {@link #idOrNull} tells
   */
  public String id() {
    Session bound = session();
    told(bound);
    return bound.id();
  }

  /** {@return the session's id, a secret, or null while it is still to be learned} */
  public @Nullable String idOrNull() {
    Session bound = sessionOrNull();
    told(bound);
    return bound == null ? null : bound.id();
  }

  /**
   * {@return whether no invocation on this session has completed normally yet, so that the
   * specialist may know nothing and the message should carry the context again}
   */
  public boolean isFresh() {
    Session bound = sessionOrNull();
    return bound == null || !bound.isUsed();
  }

  /**
   * {@return when the session's opening returned, unmoved by later jumps of the clock}
   *
   * @throws IllegalStateException while the id is still to be learned
   */
  public Instant openedAt() {
    return sessions.instant(session().openedNanos());
  }

  /**
   * Says which id the specialist has given the conversation, where {@link SpecialistConnector#open}
   * left that to the first reply. The same id again changes nothing; another id replaces a learned
   * one, for when the specialist answers within another conversation.
   *
   * @param id the id, at most 4 KiB of UTF-8 without control characters
   * @throws IllegalArgumentException if the id breaks its rule; the message does not print it
   * @throws IllegalStateException on a session that was opened, and after the invocation
   */
  public void bind(String id) {
    SessionContext owner = owner();
    ReentrantLock lock = owner.bindLock();
    lock.lock();
    try {
      if (isEnded() || (owner.isEnded() && owner.isBereft())) {
        throw new IllegalStateException(
            "the invocation has ended: bind its session's id within it");
      }
      sessions.bind(owner, id);
    } finally {
      lock.unlock();
    }
  }

  private Session session() {
    Session bound = sessionOrNull();
    if (bound == null) {
      throw new IllegalStateException(
          ("the session of specialist '%s' has no id yet: call bind(id) with what the first reply"
                  + " names, and idOrNull() before that")
              .formatted(key.specialist()));
    }
    return bound;
  }

  @Override
  public String toString() {
    Session bound = sessionOrNull();
    return bound == null ? key + "/unbound" : bound.toString();
  }

  /** The innermost context of the same key at the same engine that is not over, from this one. */
  @Nullable SessionContext find(SpecialistSessions engine, SessionKey sought) {
    for (SessionContext context = this; context != null; context = context.enclosing) {
      // What a thread was given may have ended meanwhile, and what is around that may go on.
      if (context.sessions == engine && context.key.equals(sought) && !context.isOver()) {
        return context;
      }
    }
    return null;
  }

  /** Calls may follow each other for ever, each begun by the one before. */
  private void forgetThoseOver() {
    for (SessionContext context = this; context != null; context = context.enclosing) {
      SessionContext outer = context.enclosing;
      while (outer != null && outer.isOver()) {
        outer = outer.enclosing;
      }
      context.enclosing = outer;
    }
  }

  @Nullable SessionContext enclosing() {
    return enclosing;
  }

  /**
   * A context of the same call that a session is acquired for while this one keeps its own.
   *
   * @param acquiring the call that does; this one may be over
   */
  SessionContext successor(SessionContext acquiring) {
    return new SessionContext(sessions, key, enclosing, null, acquiring.trace());
  }
}
