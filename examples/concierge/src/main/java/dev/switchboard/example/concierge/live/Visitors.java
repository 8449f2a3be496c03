package dev.switchboard.example.concierge.live;

import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Made-up tenants who ask the concierge over HTTP, as any client would: some now and then while the
 * page is watched, many at once when told to.
 */
@Component
class Visitors implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(Visitors.class);
  private static final int PRESENT = 8;
  private static final int BURST = 16;
  private static final int TOGETHER = 2;
  private static final int THREADS = 32;
  private static final int WAITING = 2000;

  private static final Map<String, String> MESSAGES =
      Map.of(
          "marketing", "Write a headline for our spring sale",
          "research", "Who invented the switchboard?",
          "storefront", "Which orders are late?");

  private final RestClient.Builder http;
  private final Environment environment;
  private final Watchers watchers;
  private final Deque<String> present = new ArrayDeque<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(WAITING),
          new ThreadPoolExecutor.DiscardPolicy());
  private volatile boolean on;
  private int next;

  Visitors(
      RestClient.Builder http,
      Environment environment,
      Watchers watchers,
      @Value("${concierge.visitors}") boolean on) {
    this.http = http;
    this.environment = environment;
    this.watchers = watchers;
    this.on = on;
    threads.allowCoreThreadTimeOut(true);
    for (int n = 0; n < PRESENT; n++) {
      present.add(another());
    }
  }

  void turn(boolean on) {
    this.on = on;
  }

  boolean isOn() {
    return on;
  }

  /** One tenant asks one specialist, twice at once: as two tabs of a browser would. */
  @Scheduled(fixedDelay = 600)
  void ask() {
    if (on && watchers.any()) {
      ask(pick(present()), pick(LocalSpecialists.names()));
    }
  }

  /** Tenants whom nobody has seen before ask all specialists; returns how many they are. */
  int burst() {
    for (int n = 0; n < BURST; n++) {
      String tenant = another();
      LocalSpecialists.names().forEach(specialist -> ask(tenant, specialist));
    }
    return BURST;
  }

  /** The tenant who is here longest leaves, and another comes; returns who has left. */
  String leave() {
    String tenant = change();
    concierge().delete().uri("/tenants/{tenant}", tenant).retrieve().toBodilessEntity();
    return tenant;
  }

  private synchronized String change() {
    present.add(another());
    return present.remove();
  }

  private synchronized String another() {
    return Cast.name(next++);
  }

  private synchronized List<String> present() {
    return List.copyOf(present);
  }

  private static String pick(List<String> names) {
    return names.get(ThreadLocalRandom.current().nextInt(names.size()));
  }

  private void ask(String tenant, String specialist) {
    Map<String, ?> question = Map.of("tenant", tenant, "message", MESSAGES.get(specialist));
    for (int n = 0; n < TOGETHER; n++) {
      threads.execute(() -> put(question));
    }
  }

  /** A visitor does not mind a refusal. */
  private void put(Map<String, ?> question) {
    try {
      concierge()
          .post()
          .uri("/ask")
          .contentType(MediaType.APPLICATION_JSON)
          .body(question)
          .exchange((request, reply) -> reply.getStatusCode());
    } catch (RestClientException e) {
      log.debug("A visitor was not heard", e);
    }
  }

  private RestClient concierge() {
    String port = environment.getRequiredProperty("local.server.port");
    return http.clone().baseUrl("http://127.0.0.1:" + port).build();
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
