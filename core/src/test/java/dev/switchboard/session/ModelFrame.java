package dev.switchboard.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of the model's run, on the stack of those that enclose each other. */
final class ModelFrame {

  /** What a body throws that is no loss. */
  static final class Planned extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  final ModelStep step;
  final SessionKey key;
  final @Nullable ModelFrame enclosing;

  /** Whose session it is: its own, or an enclosing call's of the same key. */
  final ModelFrame owner;

  /** What was found or opened for an owner; null while the id is to be learned. */
  @Nullable ModelSession session;

  /** An opening of this call's, from when the connector is asked until there is a session. */
  @Nullable Opening opening;

  /** What to do while the connector opens, once. */
  List<ModelStep> whileOpening;

  int runs;
  @Nullable RuntimeException thrown;
  boolean refused;
  private List<ModelStep> whileRunning;

  ModelFrame(ModelStep step, SessionKey key, @Nullable ModelFrame enclosing) {
    this.step = step;
    this.key = key;
    this.enclosing = enclosing;
    ModelFrame joined = enclosing;
    while (joined != null && !joined.key.equals(key)) {
      joined = joined.enclosing;
    }
    this.owner = joined == null ? this : joined.owner;
    boolean slowly = step.kind() == ModelStep.Kind.ASK_SLOWLY;
    this.whileOpening = slowly ? step.within() : List.of();
    this.whileRunning = slowly ? List.of() : step.within();
  }

  boolean isJoined() {
    return owner != this;
  }

  List<ModelStep> takeWhileOpening() {
    List<ModelStep> taken = new ArrayList<>(whileOpening);
    whileOpening = List.of();
    return taken;
  }

  List<ModelStep> takeWhileRunning() {
    List<ModelStep> taken = new ArrayList<>(whileRunning);
    whileRunning = List.of();
    return taken;
  }

  /** An opening in flight. */
  static final class Opening {

    final SessionKey key;
    long deadline;
    boolean wanted = true;

    Opening(SessionKey key, long deadline) {
      this.key = key;
      this.deadline = deadline;
    }
  }
}
