package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.Tenant;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aop.framework.Advised;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * What is further in is passed by every attempt, and the method's own failures stay as they are.
 */
class ProxiedMethodTests {

  @Import({SpecialistSessionConfiguration.class, RequestScopedRetryConfiguration.class})
  static class Application {}

  static class Ids implements SpecialistConnector {
    private int opened;

    @Override
    public String open(SessionKey key) {
      return "id-" + ++opened;
    }
  }

  interface Desk {
    String ask(String tenant, String... words) throws IOException;
  }

  static class Attempts {

    final List<String> heard = new ArrayList<>();

    @RequestScopedRetry(maxRetries = 2, delay = "0s", includes = IOException.class)
    @SpecialistSession("desk")
    public String ask(@Tenant String tenant, String... words) throws IOException {
      heard.add(SessionContext.current().id() + " " + String.join(" ", words));
      if (heard.size() == 1) {
        throw new SessionLostException("gone");
      }
      if (!RetryContext.current().isLastAttempt()) {
        throw new IOException("busy");
      }
      return "reply";
    }
  }

  static class Interfaced extends Attempts implements Desk {}

  static class Packaged {

    @RequestScopedRetry(maxRetries = 0)
    String ask(int number, long wide) throws IOException {
      throw new IOException(number + " " + wide);
    }
  }

  private final AnnotationConfigApplicationContext spring =
      new AnnotationConfigApplicationContext();

  @BeforeEach
  void register() {
    spring.register(Application.class, Packaged.class, Ids.class);
  }

  @AfterEach
  void close() {
    spring.close();
  }

  /** Counts, and leaves other arguments than it was given. */
  private static MethodInterceptor inner(List<String> passed) {
    return invocation -> {
      passed.add((String) invocation.getArguments()[0]);
      invocation.getArguments()[0] = "changed";
      return invocation.proceed();
    };
  }

  @Test
  void everyAttemptPassesWhatIsFurtherInWithTheArgumentsOfTheCall() throws IOException {
    spring.register(Attempts.class);
    spring.refresh();
    Attempts desk = spring.getBean(Attempts.class);
    List<String> passed = new ArrayList<>();
    ((Advised) desk).addAdvice(inner(passed));

    assertThat(desk.ask("acme", "how", "now")).isEqualTo("reply");

    assertThat(passed).containsExactly("acme", "acme", "acme", "acme");
  }

  @Test
  void whatComesFurtherInLaterAndGoesAgainIsPassedWhileItIsThere() throws IOException {
    spring.register(Attempts.class);
    spring.refresh();
    Attempts desk = spring.getBean(Attempts.class);
    List<String> passed = new ArrayList<>();
    MethodInterceptor advice = inner(passed);

    assertThat(desk.ask("acme", "at", "first")).isEqualTo("reply");
    ((Advised) desk).addAdvice(advice);
    assertThat(desk.ask("globex", "how", "now")).isEqualTo("reply");
    ((Advised) desk).removeAdvice(advice);
    assertThat(desk.ask("initech", "at", "last")).isEqualTo("reply");

    assertThat(passed).containsExactly("globex", "globex", "globex");
  }

  @Test
  void behindAnInterfaceToo() throws IOException {
    spring.register(Interfaced.class);
    spring.refresh();
    Desk desk = spring.getBean(Desk.class);
    List<String> passed = new ArrayList<>();
    ((Advised) desk).addAdvice(inner(passed));

    assertThat(desk.ask("acme", "how", "now")).isEqualTo("reply");

    assertThat(passed).containsExactly("acme", "acme", "acme", "acme");
  }

  @Test
  void methodIsCalledWithItsArgumentsAndRunsInItsSession() throws Exception {
    spring.register(Attempts.class);
    spring.refresh();
    Attempts desk = spring.getBean(Attempts.class);

    assertThat(desk.ask("acme", "how", "now")).isEqualTo("reply");

    assertThat(((Advised) desk).getTargetSource().getTarget())
        .isInstanceOfSatisfying(
            Attempts.class,
            target ->
                assertThat(target.heard)
                    .containsExactly(
                        "id-1 how now", "id-2 how now", "id-2 how now", "id-2 how now"));
  }

  @Test
  void whatAMethodThrowsReachesTheCallerAsItWasThrown() {
    spring.refresh();
    Packaged desk = spring.getBean(Packaged.class);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> desk.ask(1, 2))
        .withMessage("1 2")
        .withNoCause()
        .satisfies(
            failure ->
                assertThat(failure.getStackTrace()[1].getClassName())
                    .doesNotContain("java.lang.reflect"));
  }

  @Test
  void methodThatNoHandleCanCallIsCalledByReflection(@TempDir Path folder) throws Throwable {
    // The most that a method may have; a handle counts itself, too.
    String parameters =
        IntStream.range(0, 254).mapToObj(i -> "int p" + i).collect(Collectors.joining(", "));
    Path source =
        Files.writeString(
            folder.resolve("Many.java"),
            "public class Many { public int ask(%s) { return p253; } }".formatted(parameters));
    ToolProvider.getSystemJavaCompiler().run(null, null, null, source.toString());
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Class<?> many = loader.loadClass("Many");
      Method method = many.getDeclaredMethods()[0];
      @Nullable Object[] arguments = new Object[254];
      Arrays.fill(arguments, 7);

      Object answer =
          new ProxiedMethod(method, new WovenCalls<>("@Any"))
              .call(many.getDeclaredConstructor().newInstance(), arguments);

      assertThat(answer).isEqualTo(7);
    }
  }
}
