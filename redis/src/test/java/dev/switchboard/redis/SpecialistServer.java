package dev.switchboard.redis;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A specialist behind HTTP, shared by all processes of a test. It can forget sessions, fail and be
 * held; {@link #sessions} tells what came of it.
 */
final class SpecialistServer implements AutoCloseable {

  /** What it is asked for. */
  enum Call {
    OPEN,
    CLOSE,
    SAY
  }

  /** The request header that carries whose session it is. */
  static final String KEY_HEADER = "Session-Key";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SpecialistLedger sessions = new SpecialistLedger();
  private final Map<Call, Hold> holds = new ConcurrentHashMap<>();
  private final Map<Call, AtomicInteger> failures = new ConcurrentHashMap<>();
  private final HttpServer server;

  private SpecialistServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(threads);
    server.createContext("/sessions", this::handle);
    server.start();
  }

  static SpecialistServer start() {
    try {
      return new SpecialistServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  SpecialistLedger sessions() {
    return sessions;
  }

  /** Holds the next requests of a kind before they have any effect. */
  Hold holdNext(Call call, int number) {
    Hold hold = new Hold(number);
    Hold before = holds.put(call, hold);
    if (before != null) {
      before.release();
    }
    return hold;
  }

  /** Answers 503, without any effect, to the next requests of a kind that are not held. */
  void failNext(Call call, int number) {
    failures.put(call, new AtomicInteger(number));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String[] path = exchange.getRequestURI().getPath().split("/", -1);
      Call call = call(exchange.getRequestMethod(), path);
      if (call == null) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      Hold hold = holds.get(call);
      if (hold != null) {
        hold.pass();
      }
      AtomicInteger failing = failures.getOrDefault(call, new AtomicInteger());
      if (failing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      exchange.sendResponseHeaders(answer(call, exchange, path), -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable Call call(String method, String[] path) {
    return switch (method + " " + path.length) {
      case "POST 2" -> Call.OPEN;
      case "DELETE 3" -> Call.CLOSE;
      case "POST 4" -> Call.SAY;
      default -> null;
    };
  }

  /** Returns a status; no answer has a body, since the JDK's server sends bodies 40 ms later. */
  private int answer(Call call, HttpExchange exchange, String[] path) {
    String key = String.valueOf(exchange.getRequestHeaders().getFirst(KEY_HEADER));
    return switch (call) {
      case OPEN -> {
        exchange.getResponseHeaders().set("Location", "/sessions/" + sessions.open(key));
        yield 201;
      }
      case CLOSE -> sessions.close(path[2]) ? 204 : 404;
      case SAY -> sessions.say(key, path[2]) ? 200 : 404;
    };
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
