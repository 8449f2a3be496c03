package dev.switchboard.autoconfigure;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code switchboard.*} says about sessions and specialists; retries are in {@link
 * RetryProperties}.
 *
 * @param advice What gives annotated methods their sessions and retries.
 * @param tenancy Whether each session belongs to a tenant, or the application has only one.
 * @param wiring Whether missing connectors, contradicting settings and settings that nothing uses
 *     stop startup or are logged.
 * @param store Where sessions are kept. Where the module switchboard-redis is, in Redis, else in
 *     memory.
 * @param http HTTP requests that are made within calls.
 * @param session Sessions of all specialists.
 * @param specialists Single specialists by name, stronger than their annotations. Dashes in names
 *     do not matter.
 * @since 0.1
 */
@ConfigurationProperties("switchboard")
public record SwitchboardProperties(
    @DefaultValue("proxy") Advice advice,
    @DefaultValue("required") Tenancy tenancy,
    @DefaultValue("strict") Wiring wiring,
    @Nullable Store store,
    @DefaultValue Http http,
    @DefaultValue Session session,
    @DefaultValue Map<String, Specialist> specialists) {

  /** What advises annotated methods; read by the features themselves, here for editors to know. */
  public enum Advice {
    /** Proxies of the beans. */
    PROXY,
    /** Aspects, woven into the classes as they are loaded. */
    ASPECTJ
  }

  /** Whether sessions belong to tenants. */
  public enum Tenancy {
    /** Each method must have a tenant from somewhere. */
    REQUIRED,
    /** Methods without one share their sessions. */
    NONE
  }

  /** What becomes of errors of wiring. */
  public enum Wiring {
    /** They stop startup. */
    STRICT,
    /** They are logged, for slices and shared configuration. */
    WARN
  }

  /** Where sessions are kept. */
  public enum Store {
    /** In the memory of each process. */
    LOCAL,
    /** In Redis or Valkey, shared by all processes. */
    REDIS
  }

  /**
   * What the auto-configured builders of {@code RestClient}, {@code RestTemplate} and {@code
   * WebClient} add to requests.
   *
   * @param enabled Whether requests that are made in an attempt carry the call's id and the
   *     attempt's number, and take no longer than the time that is left.
   */
  public record Http(@DefaultValue("false") boolean enabled) {}

  /**
   * What holds for all specialists. The engine has the defaults, and knows what is one.
   *
   * @param ttl How long a session is served after it was opened. Where neither this nor an idle
   *     timeout is given anywhere, 8 hours.
   * @param idleTimeout How long a session is kept after its last use. Where neither this nor a ttl
   *     is given anywhere, 30 minutes.
   * @param maxSize How many sessions of each specialist are kept. The least recently used leaves
   *     first.
   * @param openTimeout How long callers wait for a session to be opened before that opening is
   *     abandoned.
   * @param learnTimeout How long callers wait for the first reply to name a session that is
   *     learned.
   * @param exclusiveWait How long an exclusive call waits for its turn.
   * @param maxConcurrentOpens How many openings of one specialist run at once; further ones wait.
   */
  public record Session(
      @Nullable Duration ttl,
      @Nullable Duration idleTimeout,
      @Nullable Integer maxSize,
      @Nullable Duration openTimeout,
      @Nullable Duration learnTimeout,
      @Nullable Duration exclusiveWait,
      @Nullable Integer maxConcurrentOpens) {}

  /**
   * What holds for one specialist.
   *
   * @param ttl How long a session is served after it was opened.
   * @param idleTimeout How long a session is kept after its last use.
   * @param maxSize How many sessions are kept. The least recently used leaves first.
   * @param sessionHeader The header that carries the session's id in HTTP requests which are made
   *     within a call of the specialist. None by default.
   * @param adk The ADK server that runs the specialist. A connector bean of its name wins.
   */
  public record Specialist(
      @Nullable Duration ttl,
      @Nullable Duration idleTimeout,
      @Nullable Integer maxSize,
      @Nullable String sessionHeader,
      @Nullable Adk adk) {}

  /**
   * An ADK server.
   *
   * @param baseUrl Where the server is, an http or https URL without credentials.
   * @param app Which of the server's apps.
   * @param connectTimeout How long connecting may take, up to an hour. 5 seconds by default.
   * @param readTimeout How long opening or closing a session may take in all, up to an hour. 20
   *     seconds by default.
   * @param probeTimeout How long asking whether a session still exists may take, up to 2 seconds. 2
   *     seconds by default.
   */
  public record Adk(
      @Nullable String baseUrl,
      @Nullable String app,
      @Nullable Duration connectTimeout,
      @Nullable Duration readTimeout,
      @Nullable Duration probeTimeout) {

    /** Leaves out the URL, which may have credentials by mistake. */
    @Override
    public String toString() {
      return "Adk[app=" + app + "]";
    }
  }
}
