package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;

/** The connectors and methods of the guide work against servers of the kinds it names. */
class ConnectorsGuideTests {

  /** A server that keeps conversations, and answers 500 for all that goes wrong with them. */
  private final Set<String> conversations = ConcurrentHashMap.newKeySet();

  private final AtomicInteger made = new AtomicInteger();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private volatile boolean failing;

  private static GuideClasses guide;

  private HttpServer server;
  private RestClient http;

  @BeforeAll
  static void compile(@TempDir Path classes) throws IOException {
    guide = GuideClasses.of("connectors.md", classes);
  }

  @AfterAll
  static void unload() throws IOException {
    guide.close();
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
    http = RestClient.create("http://localhost:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void serve(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    String id = call.substring(call.lastIndexOf('/') + 1);
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (call.equals("POST /conversations")) {
      id = "c-" + made.incrementAndGet();
      conversations.add(id);
      answer(exchange, 200, "{\"id\":\"%s\"}".formatted(id));
    } else if (call.startsWith("GET")) {
      answer(exchange, conversations.contains(id) ? 200 : 404, "{}");
    } else if (call.startsWith("DELETE")) {
      answer(exchange, conversations.remove(id) ? 200 : 404, "{}");
    } else {
      bodies.add(body);
      boolean known = call.equals("POST /") || conversations.stream().anyMatch(body::contains);
      answer(exchange, known && !failing ? 200 : 500, REPLY.formatted(made.get()));
    }
  }

  /** What both kinds of method read. */
  private static final String REPLY =
      """
      {"text":"hello", "result":{"kind":"message","contextId":"x-%d","parts":[{"text":"hello"}]}}
      """;

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void conversationThatTheServerHasForgottenIsOpenedAgain() {
    SpecialistConnector connector =
        (SpecialistConnector) guide.make("ConversationsConnector", http, http);
    Object advisor = guide.make("Advisor", http);
    SessionKey key = SessionKey.of("advisor", "acme", "chat");
    try (SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("advisor", connector).build()) {
      Work work = () -> GuideClasses.text(advisor, "ask", "acme", "chat", "hi");

      assertThat(call(sessions, key, work)).isEqualTo("hello");
      conversations.clear();
      assertThat(call(sessions, key, work)).isEqualTo("hello");
      assertThat(bodies).hasSize(3).last().asString().contains("c-2", "You advise acme");

      failing = true;
      assertThatThrownBy(() -> call(sessions, key, work))
          .isInstanceOf(HttpServerErrorException.class);
      assertThat(made).as("a failure is no loss").hasValue(2);

      conversations.clear();
      sessions.stop();
      SessionCounts counts = sessions.snapshot().total();
      assertThat(counts.closed()).as("closing what is unknown").isEqualTo(1);
      assertThat(counts.lost()).isEqualTo(1);
    }
  }

  @Test
  void firstReplyNamesTheConversationAndALaterOneMayNameAnother() throws Exception {
    SpecialistConnector connector = (SpecialistConnector) guide.make("LearningConnector");
    Object researcher = guide.make("Researcher", http);
    SessionKey key = SessionKey.of("researcher", "acme", "chat");
    try (SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("researcher", connector).build()) {
      Work ask = () -> GuideClasses.text(researcher, "ask", "acme", "chat", "why?");
      Work askAndTell = () -> ask.run() + SessionContext.current().isFresh();

      call(sessions, key, ask);
      call(sessions, key, ask);
      assertThat(bodies.get(0)).doesNotContain("contextId");
      assertThat(bodies.get(1)).contains("\"contextId\":\"x-0\"");

      made.set(1);
      assertThat(call(sessions, key, askAndTell)).endsWith("true");
      call(sessions, key, ask);
      assertThat(bodies.get(3)).contains("\"contextId\":\"x-1\"");
    }
  }

  private interface Work {
    String run();
  }

  /** As the annotations do it. */
  private static String call(SpecialistSessions sessions, SessionKey key, Work work) {
    RetryExecutor retries = RetryExecutor.builder().build();
    RetryOperation once = retries.operation("ask", RetryPolicy.builder().maxRetries(0).build());
    return retries.call(
        once, attempt -> sessions.call(key, SessionPolicy.DEFAULT, session -> work.run()));
  }
}
