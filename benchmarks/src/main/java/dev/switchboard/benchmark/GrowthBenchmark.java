package dev.switchboard.benchmark;

import dev.switchboard.benchmark.SessionHitBenchmark.PlainDesk;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.Tenant;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a call costs where many sessions are kept, and what it costs to evict one tenant's. */
public class GrowthBenchmark {

  private static final int OF_ONE_TENANT = 10;
  private static final int BUSY = 1_000;

  private static String[] tenants(int size) {
    return IntStream.range(0, size).mapToObj(i -> "tenant-" + i).toArray(String[]::new);
  }

  static class Desk {

    @SpecialistSession(specialist = "desk", maxSize = 2_000_000)
    String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  /** Ours, with a session for each of the tenants. */
  @State(Scope.Benchmark)
  public static class Switchboard extends Application<Desk> {

    @Param({"1000", "1000000"})
    private int size;

    final SpecialistSessions sessions = context.getBean(SpecialistSessions.class);
    private final SplittableRandom random = new SplittableRandom(1);
    private String[] tenants = {};

    public Switchboard() {
      super(Desk.class, Desk.class, Ids.class, SpecialistSessionConfiguration.class);
    }

    /** Opens them. */
    @Setup
    public void open() {
      tenants = tenants(size);
      for (String tenant : tenants) {
        bean.ask(tenant);
      }
    }

    String any() {
      return tenants[random.nextInt(size)];
    }

    /** One of a thousand, scattered among all. */
    String busy() {
      return tenants[size / BUSY * random.nextInt(BUSY)];
    }
  }

  /** The limit, with as many. */
  @State(Scope.Benchmark)
  public static class ByHand {

    @Param({"1000", "1000000"})
    private int size;

    private final SplittableRandom random = new SplittableRandom(1);
    private final PlainDesk bean =
        HandWritten.proxy(new PlainDesk(), new HandWritten.Sessions(2_000_000));
    private String[] tenants = {};

    /** Opens them. */
    @Setup
    public void open() {
      tenants = tenants(size);
      for (String tenant : tenants) {
        bean.ask(tenant, "hello");
      }
    }
  }

  /** No more than the map that any of them needs: of texts, without bounds, times or proxies. */
  @State(Scope.Benchmark)
  public static class Bare {

    @Param("1000000")
    private int size;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Map<String, String> ids = new HashMap<>();
    private String[] tenants = {};

    /** Fills it. */
    @Setup
    public void open() {
      tenants = tenants(size);
      for (String tenant : tenants) {
        ids.put(tenant, "id-of-" + tenant);
      }
    }
  }

  @Benchmark
  public @Nullable String bareHit(Bare desk) {
    return desk.ids.get(desk.tenants[desk.random.nextInt(desk.size)]);
  }

  @Benchmark
  public String handWrittenHit(ByHand desk) {
    return desk.bean.ask(desk.tenants[desk.random.nextInt(desk.size)], "hello");
  }

  @Benchmark
  public String hit(Switchboard desk) {
    return desk.bean.ask(desk.any());
  }

  @Benchmark
  public String busyHit(Switchboard desk) {
    return desk.bean.ask(desk.busy());
  }

  @Benchmark
  public int openAndEvictTenant(Switchboard desk) {
    for (int i = 0; i < OF_ONE_TENANT; i++) {
      SessionKey key = SessionKey.of("desk", "newcomer", "conversation-" + i);
      desk.sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id);
    }
    return desk.sessions.evictTenant("newcomer");
  }
}
