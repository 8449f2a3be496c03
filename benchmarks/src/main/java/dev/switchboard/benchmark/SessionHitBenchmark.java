package dev.switchboard.benchmark;

import com.alicp.jetcache.CacheBuilder;
import com.alicp.jetcache.anno.CacheType;
import com.alicp.jetcache.anno.Cached;
import com.alicp.jetcache.anno.config.EnableMethodCache;
import com.alicp.jetcache.anno.support.GlobalCacheConfig;
import com.alicp.jetcache.anno.support.JetCacheBaseBeans;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.Tenant;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** A call on a session that is there; the others return the id that they have cached. */
public class SessionHitBenchmark {

  static class Desk {

    @SpecialistSession("desk")
    String ask(@Tenant String tenant, String message) {
      return SessionContext.current().id();
    }
  }

  /** Ours. */
  @State(Scope.Benchmark)
  public static class Switchboard extends Application<Desk> {
    public Switchboard() {
      super(Desk.class, Desk.class, Ids.class, SpecialistSessionConfiguration.class);
    }
  }

  static class PlainDesk {

    String ask(String tenant, String message) {
      return HandWritten.Session.current().id();
    }
  }

  /** The limit. */
  @State(Scope.Benchmark)
  public static class ByHand {
    final PlainDesk bean = HandWritten.proxy(new PlainDesk(), new HandWritten.Sessions(1_000));
  }

  static class CacheableDesk {

    @Cacheable("sessions")
    String byOnlyArgument(String tenantId) {
      return Ids.of(tenantId);
    }

    @Cacheable(cacheNames = "sessions", key = "#tenantId")
    String byTenant(String tenantId, String message) {
      return Ids.of(tenantId);
    }

    @Cacheable(cacheNames = "sessions", key = "#tenantId + ':' + #userId", sync = true)
    String byTenantAndUser(String tenantId, String userId) {
      return Ids.of(tenantId);
    }
  }

  /** Spring's cache over Caffeine, bounded as sessions are. */
  @Configuration(proxyBeanMethods = false)
  @EnableCaching
  static class CaffeineCaching {

    @Bean
    CacheManager cacheManager() {
      CaffeineCacheManager manager = new CaffeineCacheManager("sessions");
      manager.setCacheSpecification("maximumSize=1000,expireAfterAccess=30m,expireAfterWrite=8h");
      return manager;
    }
  }

  /** Spring. */
  @State(Scope.Benchmark)
  public static class Caching extends Application<CacheableDesk> {
    public Caching() {
      super(CacheableDesk.class, CacheableDesk.class, CaffeineCaching.class);
    }
  }

  static class JetDesk {

    @Cached(cacheType = CacheType.LOCAL, key = "#tenantId", expire = 1800, localLimit = 1000)
    String byTenant(String tenantId, String message) {
      return Ids.of(tenantId);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableMethodCache(basePackages = "dev.switchboard.benchmark")
  @Import(JetCacheBaseBeans.class)
  static class JetCaching {

    @Bean
    GlobalCacheConfig config() {
      CacheBuilder local = CaffeineCacheBuilder.createCaffeineCacheBuilder();
      GlobalCacheConfig config = new GlobalCacheConfig();
      config.setLocalCacheBuilders(Map.of("default", local));
      config.setRemoteCacheBuilders(Map.of());
      return config;
    }
  }

  /** JetCache. */
  @State(Scope.Benchmark)
  public static class JetCache extends Application<JetDesk> {
    public JetCache() {
      super(JetDesk.class, JetDesk.class, JetCaching.class);
    }
  }

  @Benchmark
  public String switchboard(Switchboard desk) {
    return desk.bean.ask("tenant-1", "hello");
  }

  @Benchmark
  public String handWritten(ByHand desk) {
    return desk.bean.ask("tenant-1", "hello");
  }

  @Benchmark
  public String cacheableOnlyArgument(Caching desk) {
    return desk.bean.byOnlyArgument("tenant-1");
  }

  @Benchmark
  public String cacheableOneKey(Caching desk) {
    return desk.bean.byTenant("tenant-1", "hello");
  }

  @Benchmark
  public String cacheableSyncComposed(Caching desk) {
    return desk.bean.byTenantAndUser("tenant-1", "user-1");
  }

  @Benchmark
  public String jetCache(JetCache desk) {
    return desk.bean.byTenant("tenant-1", "hello");
  }
}
