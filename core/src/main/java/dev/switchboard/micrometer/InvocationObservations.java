package dev.switchboard.micrometer;

import dev.switchboard.InvocationObserver;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes an invocation a Micrometer observation, current on the thread that runs the method's body
 * and in Reactor's context, so that what the method calls is traced within it. Safe for use by
 * several threads.
 *
 * @since 0.1
 */
public final class InvocationObservations implements InvocationObserver {

  private final ObservationRegistry registry;
  private final @Nullable InvocationObservationConvention convention;

  /**
   * Creates observations.
   *
   * @param registry where they are registered; while it is a no-op, nothing is observed
   * @param convention names and tags, or null for the registry's or the standard ones
   */
  public InvocationObservations(
      ObservationRegistry registry, @Nullable InvocationObservationConvention convention) {
    this.registry = registry;
    this.convention = convention;
  }

  @Override
  public @Nullable Watch start(@Nullable String operation, @Nullable String specialist) {
    if (registry.isNoop()) {
      return null;
    }
    InvocationObservationContext context = new InvocationObservationContext(operation, specialist);
    Observation observation =
        Observation.createNotStarted(
            convention, InvocationObservationConvention.STANDARD, () -> context, registry);
    return observation.isNoop() ? null : new Observed(registry, observation, context);
  }

  private static final class Observed implements Watch {

    private final ObservationRegistry registry;
    private final Observation observation;
    private final InvocationObservationContext context;
    private Observation.@Nullable Scope outer;
    private Observation.@Nullable Scope scope;
    private volatile @Nullable Thread entered;

    Observed(
        ObservationRegistry registry,
        Observation observation,
        InvocationObservationContext context) {
      this.registry = registry;
      this.observation = observation;
      this.context = context;
      try {
        observation.start();
        enter();
      } catch (Throwable failure) {
        stop();
        throw failure;
      }
    }

    @Override
    public void enter() {
      outer = registry.getCurrentObservationScope();
      entered = Thread.currentThread();
      try {
        scope = observation.openScope();
      } catch (Throwable failure) {
        // A handler has failed when the scope was current already.
        scope = registry.getCurrentObservationScope();
        throw failure;
      }
    }

    @Override
    public void specialist(String name) {
      context.setSpecialist(name);
    }

    @Override
    public void event(Event event) {
      observation.event(Observation.Event.of(ByValue.tag(event)));
    }

    @Override
    public void end(@Nullable Throwable failure) {
      try {
        if (failure != null) {
          observation.error(failure);
        }
      } finally {
        stop();
      }
    }

    @Override
    public void leave() {
      // A call cancelled by another thread ends while this one is still in it.
      if (entered != Thread.currentThread()) {
        return;
      }
      entered = null;
      try {
        if (scope != null && scope != outer) {
          scope.close();
        }
      } finally {
        registry.setCurrentObservationScope(outer);
      }
    }

    @Override
    public Map<Object, Object> reactorContext() {
      return Map.of(ObservationThreadLocalAccessor.KEY, observation);
    }

    /** Stops, and makes current what was before, however many handlers fail meanwhile. */
    private void stop() {
      try {
        leave();
      } finally {
        observation.stop();
      }
    }
  }
}
