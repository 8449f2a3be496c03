package dev.switchboard.session;

import dev.switchboard.ThreadBindings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One call that answers later: what the model expects of it, and what has come of it so far. */
final class LateModelCall {

  /** Where a call stands; one that waits for a session goes on to do so though it is cancelled. */
  enum State {
    QUEUES,
    WAITS,
    RUNS,
    OVER
  }

  /** An opening in flight. */
  static final class Flight {
    final SessionKey key;
    final LateModelCall leader;
    final List<LateModelCall> waiting = new ArrayList<>();
    boolean wanted = true;
    boolean refused;
    @Nullable String id;
    @Nullable CountDownLatch held;
    volatile boolean begun;

    Flight(SessionKey key, LateModelCall leader) {
      this.key = key;
      this.leader = leader;
    }
  }

  final SessionKey key;
  final boolean exclusive;
  final @Nullable LateModelCall enclosing;

  /** Whose session it is: its own, or an enclosing call's of the same key. */
  LateModelCall owner = this;

  State state = State.WAITS;

  /** Whose turn it has: its own, or shared with an enclosing exclusive call. */
  @Nullable LateModelCall turn;

  /** How many calls have its turn. */
  int holders;

  boolean acquired;
  boolean cancelled;
  boolean recovered;

  boolean ended;

  /** What an owner has is given back after the last of its own call and those that joined. */
  int shares = 1;

  /** What an owner has. */
  @Nullable ModelSession session;

  @Nullable Flight learning;

  /** The session lost, while another is acquired. */
  @Nullable ModelSession lost;

  int runs;

  /** The session that its latest run began on. */
  @Nullable ModelSession begunOn;

  @Nullable Class<? extends Throwable> failure;

  final AtomicInteger ran = new AtomicInteger();
  volatile @Nullable SessionContext context;
  volatile ThreadBindings bindings = ThreadBindings.capture();
  volatile CompletableFuture<String> reply = new CompletableFuture<>();
  CompletableFuture<String> result = new CompletableFuture<>();

  LateModelCall(SessionKey key, boolean exclusive, @Nullable LateModelCall enclosing) {
    this.key = key;
    this.exclusive = exclusive;
    this.enclosing = enclosing;
  }

  void has(LateModelCall shared) {
    turn = shared;
    shared.holders++;
  }

  boolean isOwner() {
    return owner == this;
  }

  /** The innermost enclosing call of the same key, while what its owner has may be shared. */
  @Nullable LateModelCall outer() {
    LateModelCall outer = enclosing;
    while (outer != null && (!outer.key.equals(key) || (outer.ended && outer.owner.ended))) {
      outer = outer.enclosing;
    }
    if (outer == null) {
      return null;
    }
    boolean bereft = outer.owner.session == null && outer.owner.learning == null;
    return bereft || outer.owner.shares == 0 ? null : outer;
  }

  /** The engine begins the work. */
  void enter(SessionContext given) {
    context = given;
    bindings = ThreadBindings.capture();
  }

  CompletableFuture<String> body() {
    CompletableFuture<String> answer = new CompletableFuture<>();
    reply = answer;
    ran.incrementAndGet();
    return answer;
  }

  @Override
  public String toString() {
    return "call of " + key.specialist() + " " + key.tenant() + key.parts() + ", " + state;
  }
}
