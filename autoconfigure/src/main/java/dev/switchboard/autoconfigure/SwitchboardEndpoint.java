package dev.switchboard.autoconfigure;

import dev.switchboard.Setting;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.SpecialistSessions;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Actuator endpoint {@code switchboard}: what is set for specialists and operations and where, what
 * became of the sessions, and evictions. It tells no tenants and no ids.
 *
 * @since 0.1
 */
@Endpoint(id = "switchboard")
public final class SwitchboardEndpoint {

  private final SpecialistSessions sessions;
  private final RetryExecutor retries;

  /**
   * Creates the endpoint.
   *
   * @param sessions whose sessions
   * @param retries whose operations
   */
  public SwitchboardEndpoint(SpecialistSessions sessions, RetryExecutor retries) {
    this.sessions = sessions;
    this.retries = retries;
  }

  /**
   * What the endpoint tells.
   *
   * @param store where sessions are kept
   * @param specialists the specialists known, by name
   * @param operations the retried operations, sorted by name
   */
  public record Report(
      SessionStore.State store,
      Map<String, SpecialistReport> specialists,
      List<OperationReport> operations)
      implements OperationResponseBody {}

  /**
   * One specialist.
   *
   * @param settings what is set, by the property's last part
   * @param kept how many sessions the store keeps now, of all processes where it is shared
   * @param sessions what became of its sessions, in this process
   */
  public record SpecialistReport(
      Map<String, SettingReport> settings, int kept, SessionCounts sessions) {}

  /**
   * One retried operation.
   *
   * @param name as in properties
   * @param settings what is set, by the property's last part
   * @param budget the tokens for its retries, null where they take none
   */
  public record OperationReport(
      String name, Map<String, SettingReport> settings, @Nullable BudgetReport budget) {}

  /**
   * One setting.
   *
   * @param value durations as {@code 30s}, exception types by name, null for none
   * @param origin the property, the annotation with its place, or {@code default}
   */
  public record SettingReport(@Nullable Object value, String origin) {}

  /**
   * Tokens for retries.
   *
   * @param left how many are left
   * @param capacity how many there are at most
   */
  public record BudgetReport(double left, int capacity) {}

  /**
   * What an eviction came to.
   *
   * @param evicted how many sessions have left
   */
  public record EvictionReport(int evicted) implements OperationResponseBody {}

  /**
   * Tells what is set and what became of the sessions.
   *
   * @return the report
   */
  @ReadOperation
  public Report report() {
    // Before the counts, so that these have every specialist that is settled meanwhile, too.
    Map<String, List<Setting>> settled = sessions.settings();
    Map<String, SessionCounts> counts = sessions.snapshot().specialists();
    Map<String, Integer> kept = sessions.kept();
    Map<String, SpecialistReport> specialists = new TreeMap<>();
    settled.forEach(
        (name, settings) ->
            specialists.put(
                name,
                new SpecialistReport(
                    report(settings),
                    kept.getOrDefault(name, 0),
                    Objects.requireNonNull(counts.get(name)))));
    return new Report(
        sessions.storeState(),
        specialists,
        retries.operations().stream().map(SwitchboardEndpoint::report).toList());
  }

  /**
   * Lets sessions leave: all of a tenant, at every specialist, or all with a specialist. They are
   * closed after their last use.
   *
   * @param tenant the tenant, or null
   * @param specialist the specialist's name, or null
   * @return how many sessions there were
   * @throws InvalidEndpointRequestException unless exactly one of them is given; without values
   */
  @WriteOperation
  public EvictionReport evict(@Nullable String tenant, @Nullable String specialist) {
    if (tenant != null && specialist == null) {
      return new EvictionReport(sessions.evictTenant(tenant));
    }
    if (specialist != null && tenant == null) {
      return new EvictionReport(evictSpecialist(specialist));
    }
    throw badRequest("exactly one of tenant and specialist must be given");
  }

  private int evictSpecialist(String specialist) {
    try {
      return sessions.evictSpecialist(specialist);
    } catch (IllegalArgumentException e) {
      throw badRequest("specialist must match [a-z0-9-]+");
    }
  }

  private static InvalidEndpointRequestException badRequest(String rule) {
    return new InvalidEndpointRequestException(rule, rule);
  }

  private static OperationReport report(RetryOperation operation) {
    BudgetReport budget =
        operation.budgetLeft().isEmpty()
            ? null
            : new BudgetReport(operation.budgetLeft().getAsDouble(), operation.budgetCapacity());
    return new OperationReport(operation.name(), report(operation.settings()), budget);
  }

  private static Map<String, SettingReport> report(List<Setting> settings) {
    Map<String, SettingReport> report = new LinkedHashMap<>();
    for (Setting setting : settings) {
      report.put(setting.name(), new SettingReport(print(setting.value()), setting.origin()));
    }
    return report;
  }

  private static @Nullable Object print(@Nullable Object value) {
    if (value instanceof Duration duration) {
      return duration.isZero()
          ? "0s"
          : DurationFormatterUtils.print(duration, DurationFormat.Style.COMPOSITE);
    }
    if (value instanceof Collection<?> types) {
      return types.stream()
          .map(type -> type instanceof Class<?> named ? named.getName() : String.valueOf(type))
          .toList();
    }
    return value;
  }
}
