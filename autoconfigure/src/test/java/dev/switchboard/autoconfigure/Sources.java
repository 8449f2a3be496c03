package dev.switchboard.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Where properties come from, besides a test's own values, and stronger than these. */
final class Sources {

  private Sources() {}

  static ApplicationContextRunner environment(
      ApplicationContextRunner runner, Map<String, Object> variables) {
    return with(runner, new SystemEnvironmentPropertySource("test-systemEnvironment", variables));
  }

  static ApplicationContextRunner yaml(ApplicationContextRunner runner, String text) {
    try {
      return with(
          runner,
          new YamlPropertySourceLoader()
              .load("test-yaml", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
              .get(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ApplicationContextRunner with(
      ApplicationContextRunner runner, PropertySource<?> source) {
    return runner.withInitializer(
        context -> context.getEnvironment().getPropertySources().addFirst(source));
  }
}
