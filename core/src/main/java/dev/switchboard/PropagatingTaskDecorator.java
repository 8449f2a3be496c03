package dev.switchboard;

import java.util.concurrent.Executor;
import org.springframework.core.task.TaskDecorator;

/**
 * Lets a task work within the session, the retried call and the scope of the thread that submits
 * it, so that {@code SessionContext.current()} and {@code RetryContext.current()} answer there,
 * too. Auto-configuration gives it to the executor behind {@code @Async}; elsewhere:
 *
 * <pre>{@code
 * Executor workers = PropagatingTaskDecorator.of(Executors.newFixedThreadPool(4));
 * }</pre>
 *
 * <p>The task should end before the annotated method does: after that its session may be closed,
 * and {@code SessionContext.current()} refuses it. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class PropagatingTaskDecorator implements TaskDecorator {

  /** Creates a decorator, all alike. */
  public PropagatingTaskDecorator() {}

  @Override
  public Runnable decorate(Runnable task) {
    ThreadBindings submitted = ThreadBindings.capture();
    return submitted.isEmpty()
        ? task
        : () -> {
          ThreadBindings before = submitted.bind();
          try {
            task.run();
          } finally {
            before.bind();
          }
        };
  }

  /**
   * Wraps an executor so that all its tasks are decorated.
   *
   * @param executor runs them
   * @return an executor that submits to it
   */
  public static Executor of(Executor executor) {
    PropagatingTaskDecorator decorator = new PropagatingTaskDecorator();
    return task -> executor.execute(decorator.decorate(task));
  }
}
