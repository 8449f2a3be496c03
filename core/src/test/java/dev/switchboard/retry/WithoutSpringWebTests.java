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

class WithoutSpringWebTests {

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
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("spring-web")) {
        path.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Object caller =
          loader.loadClass(Caller.class.getName()).getDeclaredConstructor().newInstance();
      assertThat(((Callable<?>) caller).call()).isEqualTo("4 false");
    }
  }
}
