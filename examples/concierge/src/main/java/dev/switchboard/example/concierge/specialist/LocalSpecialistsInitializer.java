package dev.switchboard.example.concierge.specialist;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Provides a specialist of our own wherever settings name none, and says where it is in the very
 * properties that would have named another: {@code switchboard.specialists.<name>.adk.*}.
 */
final class LocalSpecialistsInitializer
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ConfigurableEnvironment environment = context.getEnvironment();
    LocalSpecialists specialists = new LocalSpecialists(file(environment));
    Map<String, Object> defaults = new HashMap<>();
    for (String name : LocalSpecialists.names()) {
      String adk = "switchboard.specialists." + name + ".adk.";
      String app = environment.getProperty(adk + "app", name);
      defaults.put(adk + "app", app);
      if (!environment.containsProperty(adk + "base-url")) {
        defaults.put(adk + "base-url", specialists.add(name, app));
      }
    }
    environment.getPropertySources().addLast(new MapPropertySource("localSpecialists", defaults));
    context.getBeanFactory().registerSingleton("localSpecialists", specialists);
  }

  /** Sessions that outlive the process are worth nothing at specialists that do not. */
  private static @Nullable ConversationFile file(Environment environment) {
    return "redis".equals(environment.getProperty("switchboard.store"))
        ? new ConversationFile(Path.of(environment.getRequiredProperty("concierge.data")))
        : null;
  }
}
