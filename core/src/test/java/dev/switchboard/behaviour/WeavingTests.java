package dev.switchboard.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.Sleeper;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.Tenant;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.ClassUtils;

/** The choice of advice where no weaver is. */
class WeavingTests {

  @Configuration
  @Import({SpecialistSessionConfiguration.class, RequestScopedRetryConfiguration.class})
  static class Application {

    @Bean
    SpecialistConnector connector() {
      return key -> "id";
    }

    @Bean
    Sleeper sleeper() {
      return wait -> {};
    }
  }

  static class Desk {

    private int runs;

    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 1)
    public String ask(@Tenant String tenant) {
      if (++runs == 1) {
        throw new IllegalStateException("once");
      }
      return SessionContext.current().id();
    }
  }

  static class Robot {

    @RequestScopedRetry
    public String act() {
      return "done";
    }
  }

  private static AbstractThrowableAssert<?, ?> refusal(Class<?> bean, String advice) {
    AbstractThrowableAssert<?, ?>[] found = {null};
    new ApplicationContextRunner()
        .withUserConfiguration(Application.class, bean)
        .withPropertyValues("switchboard.advice=" + advice)
        .run(context -> found[0] = assertThat(context).getFailure().rootCause());
    return found[0].isInstanceOf(InvalidDeclarationException.class);
  }

  @Test
  void classThatIsNotWovenIsRefused() {
    refusal(Desk.class, "aspectj")
        .hasMessageContaining(
            "Desk.ask: the class must be woven, since switchboard.advice is aspectj")
        .extracting(problem -> ((InvalidDeclarationException) problem).action())
        .asString()
        .contains("-javaagent:aspectjweaver.jar", "META-INF/aop.xml", "switchboard.advice=proxy");
    refusal(Robot.class, "AspectJ")
        .hasMessage(
            "@RequestScopedRetry on Robot.act: the class must be woven, since switchboard.advice is"
                + " aspectj");
  }

  @Test
  void anyOtherAdviceIsRefused() {
    refusal(Desk.class, "magic")
        .hasMessage("switchboard.advice must be proxy or aspectj but was magic");
  }

  /** Made by a class loader that does not know AspectJ. */
  public static final class Caller implements Callable<Object> {

    @Override
    public Object call() {
      try (AnnotationConfigApplicationContext context =
          new AnnotationConfigApplicationContext(Application.class, Desk.class)) {
        return context.getBean(Desk.class).ask("acme")
            + ClassUtils.isPresent("org.aspectj.lang.JoinPoint", null);
      }
    }
  }

  @Test
  void proxiesWorkWithoutAspectj() throws Exception {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.matches(".*aspectj(weaver|rt)[^/\\\\]*[.]jar")) {
        path.add(Path.of(entry).toUri().toURL());
      }
    }
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      Object caller =
          loader.loadClass(Caller.class.getName()).getDeclaredConstructor().newInstance();
      assertThat(((Callable<?>) caller).call()).isEqualTo("idfalse");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }
}
