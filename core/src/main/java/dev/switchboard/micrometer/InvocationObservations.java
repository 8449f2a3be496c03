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
    private @Nullable Runnable leave;

    Observed(
        ObservationRegistry registry,
        Observation observation,
        InvocationObservationContext context) {
      this.registry = registry;
      this.observation = observation;
      this.context = context;
      try {
        observation.start();
        leave = enter();
      } catch (Throwable failure) {
        observation.stop();
        throw failure;
      }
    }

    @Override
    public void specialist(String name) {
      context.setSpecialist(name);
      // The convention is asked at the start and at the end: what is told between has this from it.
      if (context.getLowCardinalityKeyValue("specialist") != null) {
        observation.lowCardinalityKeyValue("specialist", name);
      }
    }

    @Override
    public void event(Event event) {
      observation.event(Observation.Event.of(ByValue.tag(event)));
    }

    @Override
    public Runnable enter() {
      Observation.Scope outer = registry.getCurrentObservationScope();
      Observation.Scope scope;
      try {
        scope = observation.openScope();
      } catch (Throwable failure) {
        // A handler has failed when the scope was current already.
        leave(registry.getCurrentObservationScope(), outer);
        throw failure;
      }
      return () -> leave(scope, outer);
    }

    /** Makes current what was before, however many handlers fail meanwhile. */
    private void leave(Observation.@Nullable Scope scope, Observation.@Nullable Scope outer) {
      try {
        if (scope != null && scope != outer) {
          scope.close();
        }
      } finally {
        registry.setCurrentObservationScope(outer);
      }
    }

    @Override
    public void leave() {
      Runnable entered = leave;
      leave = null;
      if (entered != null) {
        entered.run();
      }
    }

    @Override
    public Map<Object, Object> reactorContext() {
      return Map.of(ObservationThreadLocalAccessor.KEY, observation);
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

    private void stop() {
      try {
        leave();
      } finally {
        observation.stop();
      }
    }
  }
}
