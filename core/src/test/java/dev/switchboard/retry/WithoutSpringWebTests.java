package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpClientErrorException;

class WithoutSpringWebTests {

  /** Made by a class loader that knows Spring Web, but not its reactive client. */
  public static final class Refused implements Callable<Object> {

    @Override
    public Object call() {
      RetryExecutor engine = RetryExecutor.builder().sleeper(wait -> {}).build();
      RetryOperation operation = engine.operation("BookingDesk.ask", RetryPolicy.builder().build());
      try {
        return engine.call(
            operation,
            context -> {
              throw HttpClientErrorException.create(
                  context.isRetry() ? HttpStatus.NOT_FOUND : HttpStatus.TOO_MANY_REQUESTS,
                  "no",
                  new HttpHeaders(),
                  new byte[0],
                  null);
            });
      } catch (HttpClientErrorException.NotFound notFound) {
        return "not found in attempt " + (1 + notFound.getSuppressed().length);
      }
    }
  }

  /** Made by a class loader that does not know Spring Web. */
  public static final class Caller implements Callable<Object> {

    @Override
    public Object call() {
      RetryExecutor engine = RetryExecutor.builder().build();
      RetryOperation operation =
          engine.operation("BookingDesk.ask", RetryPolicy.builder().delay(Duration.ZERO).build());
      try {
        return engine.call(
            operation,
            context -> {
              if (context.isLastAttempt()) {
                return context.attempt() + " " + RetryFilter.WEB;
              }
              throw new IOException(context.requestId());
            });
      } catch (IOException ex) {
        return ex;
      }
    }
  }

  @Test
  void retriesWorkWithoutSpringWeb() throws Exception {
    assertThat(call(Caller.class, "spring-web")).isEqualTo("4 false");
  }

  @Test
  void retriesWorkWithoutWebClient() throws Exception {
    assertThat(call(Refused.class, "spring-webflux")).isEqualTo("not found in attempt 2");
  }

  private static Object call(Class<? extends Callable<Object>> type, String missing)
      throws Exception {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains(missing)) {
        path.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Object caller = loader.loadClass(type.getName()).getDeclaredConstructor().newInstance();
      return ((Callable<?>) caller).call();
    }
  }
}
