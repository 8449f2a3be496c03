package dev.switchboard.example.concierge.tour;

import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Plays the script once the concierge is up, and prints what became of it. */
@Component
@ConditionalOnBooleanProperty("concierge.tour")
class Tour {

  private final Environment environment;
  private final RestClient.Builder http;
  private final LocalSpecialists specialists;

  Tour(Environment environment, RestClient.Builder http, LocalSpecialists specialists) {
    this.environment = environment;
    this.http = http;
    this.specialists = specialists;
  }

  @EventListener(ApplicationReadyEvent.class)
  void play() {
    String url = "http://127.0.0.1:" + environment.getRequiredProperty("local.server.port");
    if (specialists.agents().size() < LocalSpecialists.names().size()) {
      System.out.println("No tour: it needs specialists of its own, and some run elsewhere.");
    } else {
      System.out.print(
          played(
              new ConciergePlayer(http.clone().baseUrl(url).build(), specialists),
              new MapsPlayer()));
    }
    System.out.println(hints(url));
  }

  private Table played(ConciergePlayer ours, MapsPlayer theirs) {
    Table table = new Table();
    long found = ours.count("kept");
    for (Scene scene : Script.scenes()) {
      table.add(scene, scene.playedBy(ours), scene.playedBy(theirs));
    }
    table.explain();
    if (found > 0) {
      table.note(
          "Redis had %d of the last run: opened again only where a specialist had lost them"
              .formatted(found));
    }
    table.note(
        "Switchboard: %d opened = %d live + %d draining + %d closed + %d lost + %d unclosed"
            .formatted(
                ours.count("opened"),
                ours.count("live"),
                ours.count("draining"),
                ours.count("closed"),
                ours.count("lost"),
                ours.count("unclosed")));
    if ("redis".equals(environment.getProperty("switchboard.store"))) {
      table.note(
          "Redis keeps %d for the next run; what has left is closed after %s"
              .formatted(
                  ours.count("kept"), environment.getProperty("switchboard.redis.close-grace")));
    }
    table.note(
        "Two maps: %d session ids and %d retry counts, kept until the process ends"
            .formatted(theirs.maps().sessionEntries(), theirs.maps().retryEntries()));
    return table;
  }

  private static String hints(String url) {
    return """

        The concierge is at %1$s: open it in a browser and watch, or try:
          curl -H 'Content-Type: application/json' %1$s/ask -d '{"tenant":"acme","message":"write a headline"}'
          curl -H 'Content-Type: application/json' %1$s/specialists/marketing/faults -d '{"forget":true}'
          curl %1$s/state
          curl -X DELETE %1$s/tenants/acme"""
        .formatted(url);
  }
}
