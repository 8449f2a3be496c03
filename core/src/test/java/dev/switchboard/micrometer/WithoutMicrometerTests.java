package dev.switchboard.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.util.ClassUtils;

class WithoutMicrometerTests {

  /** Made by a class loader that does not know Micrometer. */
  public static final class Caller implements Callable<Object> {

    @Override
    public Object call() {
      try (AnnotationConfigApplicationContext context =
          new AnnotationConfigApplicationContext(Desk.Application.class)) {
        Desk desk = context.getBean(Desk.class);
        return desk.fails(Desk.lost(), Desk.down()).both("acme")
            + ClassUtils.isPresent("io.micrometer.observation.Observation", null)
            + ClassUtils.isPresent("io.micrometer.core.instrument.Meter", null);
      }
    }
  }

  @Test
  void sessionsAndRetriesWorkWithoutMicrometer() throws Exception {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("io/micrometer") && !entry.contains("io\\micrometer")) {
        path.add(Path.of(entry).toUri().toURL());
      }
    }
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      Object caller =
          loader.loadClass(Caller.class.getName()).getDeclaredConstructor().newInstance();
      assertThat(((Callable<?>) caller).call()).isEqualTo("secret-idfalsefalse");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }
}
