package dev.switchboard.autoconfigure;

import dev.switchboard.retry.RequestId;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.session.KeyPart;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A bean with sessions and retries whose specialist repeats every secret it is told. */
public class CanaryDesk {

  static final String TENANT = "canary-tenant-7";
  static final String PART = "canary-part-8";
  static final String REQUEST = "canary-request-9";
  static final String ID = "canary-id-";

  /** A failure of the application's own, which may say what it likes. */
  static final class Leak extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Leak() {
      super(TENANT + PART + REQUEST + ID);
    }
  }

  /**
   * Something to be looked up.
   *
   * @param names where
   * @param key by which name
   */
  public record Looked(Object names, String key) {}

  /** What a call does within its session. */
  interface Work {
    Object run();
  }

  private final List<String> seen = new CopyOnWriteArrayList<>();

  /** What could be printed within calls so far; on a proxy too. */
  List<String> seen() {
    return seen;
  }

  @SpecialistSession(specialist = "desk", idleTimeout = "5m")
  @RequestScopedRetry(maxRetries = 1, delay = "1ms", includes = Leak.class)
  public Object call(@Tenant String tenant, @KeyPart String part, @RequestId String id, Work work) {
    see();
    seen.add(RetryContext.current().toString());
    return work.run();
  }

  @SpecialistSession(specialist = "desk", exclusive = true)
  @RequestScopedRetry(maxRetries = 1, delay = "1ms")
  public Object byExpression(
      @Tenant("names[key]") Looked tenant, @RequestId("names[key]") Looked id) {
    return see();
  }

  @SpecialistSession(specialist = "learned")
  public Object learn(@Tenant String tenant, @Nullable String id) {
    if (id != null) {
      SessionContext.current().bind(id);
    }
    return see();
  }

  @SpecialistSession(specialist = "desk", idleTimeout = "5m")
  @RequestScopedRetry(maxRetries = 1, delay = "1ms", includes = Leak.class)
  public CompletableFuture<Object> later(
      @Tenant String tenant, @KeyPart String part, @RequestId String id, Work work) {
    see();
    seen.add(RetryContext.current().toString());
    return CompletableFuture.supplyAsync(work::run);
  }

  @SpecialistSession(specialist = "desk", exclusive = true)
  @RequestScopedRetry(maxRetries = 1, delay = "1ms", includes = Leak.class)
  public Mono<Object> flow(
      @Tenant String tenant, @KeyPart String part, @RequestId String id, Work work) {
    see();
    return Mono.fromCallable(work::run);
  }

  /** Answers when it is cancelled only. */
  @SpecialistSession(specialist = "desk", exclusive = true)
  public CompletableFuture<Object> never(@Tenant String tenant, @KeyPart String part) {
    see();
    return new CompletableFuture<>();
  }

  private Object see() {
    SessionContext session = SessionContext.current();
    seen.addAll(List.of(session.toString(), session.key().toString()));
    return session.toString();
  }

  static final Work LOSE =
      () -> {
        throw new SessionLostException("forgotten");
      };

  static final Work FAIL =
      () -> {
        throw new Leak();
      };

  /** Fails in every way it can for some tenants, naming all it knows. */
  static final class Gossip implements SpecialistConnector {

    private final AtomicInteger ids = new AtomicInteger();
    private final Set<String> refusedOnce = ConcurrentHashMap.newKeySet();

    @Override
    public @Nullable String open(SessionKey key) {
      if (String.valueOf(key.tenant()).endsWith("refused")) {
        throw new Leak();
      }
      return key.specialist().equals("learned") ? null : ID + ids.incrementAndGet();
    }

    @Override
    public void close(SessionKey key, String id) {
      if (refusedOnce.add(id)) {
        throw new Leak();
      }
    }

    @Override
    public boolean isLost(SessionKey key, String id, Throwable failure) {
      throw new Leak();
    }
  }
}
