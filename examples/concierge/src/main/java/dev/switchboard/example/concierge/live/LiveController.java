package dev.switchboard.example.concierge.live;

import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

/** What the page reads, and what its buttons for visitors do. */
@RestController
class LiveController {

  private final Figures figures;
  private final Watchers watchers;
  private final Visitors visitors;
  private final JsonMapper json;

  LiveController(Figures figures, Watchers watchers, Visitors visitors, JsonMapper json) {
    this.figures = figures;
    this.watchers = watchers;
    this.visitors = visitors;
    this.json = json;
  }

  @GetMapping(path = "/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> watch() {
    SseEmitter emitter = watchers.add(frame());
    return emitter == null
        ? ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).build()
        : ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(emitter);
  }

  @Scheduled(fixedRate = 500)
  void tell() {
    if (watchers.any()) {
      watchers.send(frame());
    }
  }

  private String frame() {
    return json.writeValueAsString(figures.read());
  }

  record Switch(boolean on) {}

  @PostMapping(path = "/visitors", consumes = MediaType.APPLICATION_JSON_VALUE)
  void turn(@RequestBody Switch visiting) {
    visitors.turn(visiting.on());
  }

  /** A body that is not needed keeps other sites' forms away. */
  @PostMapping(path = "/visitors/burst", consumes = MediaType.APPLICATION_JSON_VALUE)
  Map<String, Integer> burst(@RequestBody Map<String, Object> none) {
    return Map.of("tenants", visitors.burst());
  }

  @PostMapping(path = "/visitors/leave", consumes = MediaType.APPLICATION_JSON_VALUE)
  Map<String, String> leave(@RequestBody Map<String, Object> none) {
    return Map.of("tenant", visitors.leave());
  }
}
