package dev.switchboard.example.quickstart;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Service;

/** Four calls to a poet, who forgets conversations and writes no epics. */
@SpringBootApplication
public class Quickstart {
  static final Set<String> POETS_MEMORY = ConcurrentHashMap.newKeySet();

  @Bean
  SpecialistConnector poet() {
    return key -> {
      String id = UUID.randomUUID().toString();
      POETS_MEMORY.add(id);
      System.out.println("           (a session is opened)");
      return id;
    };
  }

  @Service
  static class Poems {
    @SpecialistSession(specialist = "poet", ttl = "30m", maxSize = 100)
    @RequestScopedRetry(maxRetries = 2, includes = UnsupportedOperationException.class)
    String ask(@Tenant String tenant, String wish) {
      var session = SessionContext.current();
      String text = RetryContext.current().isRetry() ? wish.replace("an epic", "a haiku") : wish;
      if (!POETS_MEMORY.contains(session.id())) {
        throw new SessionLostException("the poet does not know this session");
      }
      if (text.contains("epic")) {
        throw new UnsupportedOperationException("the poet writes no epics");
      }
      return (session.isFresh() ? "Hello, here is " : "And here is ") + text;
    }
  }

  public static void main(String[] args) {
    try (var context = SpringApplication.run(Quickstart.class, args)) {
      var poems = context.getBean(Poems.class);
      System.out.println("opened:    " + poems.ask("acme", "a sonnet"));
      System.out.println("reused:    " + poems.ask("acme", "a ballad"));
      POETS_MEMORY.clear();
      System.out.println("reopened:  " + poems.ask("acme", "an ode"));
      System.out.println("retried:   " + poems.ask("acme", "an epic"));
    }
  }
}
