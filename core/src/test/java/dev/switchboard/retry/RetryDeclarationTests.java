package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Elsewhere;
import dev.switchboard.InvalidDeclarationException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.aopalliance.intercept.MethodInterceptor;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.core.NestedExceptionUtils;

class RetryDeclarationTests {

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withUserConfiguration(RequestScopedRetryConfiguration.class)
          .withPropertyValues("text=soon", "good=2s");

  static class NegativeDelay {
    @RequestScopedRetry(delay = "-1s")
    void ask() {}
  }

  @Test
  void negativeDelay() {
    assertThat(refusal(NegativeDelay.class))
        .isEqualTo(
            "@RequestScopedRetry on NegativeDelay.ask: delay must not be negative but was -1s");
  }

  static class NegativeJitter {
    @RequestScopedRetry(jitter = "PT-0.5S")
    void ask() {}
  }

  @Test
  void negativeJitter() {
    assertThat(refusal(NegativeJitter.class))
        .isEqualTo(
            "@RequestScopedRetry on NegativeJitter.ask: jitter must not be negative but"
                + " was -500ms");
  }

  static class NoTimeout {
    @RequestScopedRetry(timeout = "0s")
    void ask() {}
  }

  @Test
  void timeoutOfZero() {
    assertThat(refusal(NoTimeout.class))
        .isEqualTo("@RequestScopedRetry on NoTimeout.ask: timeout must be positive but was 0s");
  }

  static class NoUnit {
    @RequestScopedRetry(maxDelay = "30")
    void ask() {}
  }

  @Test
  void durationWithoutUnit() {
    assertThat(refusal(NoUnit.class))
        .isEqualTo(
            "@RequestScopedRetry on NoUnit.ask: maxDelay must have a unit, as in 30s, but was 30");
  }

  static class NoDuration {
    @RequestScopedRetry(delay = "${text}")
    void ask() {}
  }

  @Test
  void badDuration() {
    assertThat(refusal(NoDuration.class))
        .isEqualTo(
            "@RequestScopedRetry on NoDuration.ask: delay must be a duration such as 30s"
                + " or PT30S but was soon");
  }

  static class NoProperty {
    @RequestScopedRetry(timeout = "${booking.timeout}")
    void ask() {}
  }

  @Test
  void unknownPlaceholder() {
    assertThat(refusal(NoProperty.class))
        .isEqualTo(
            "@RequestScopedRetry on NoProperty.ask: timeout must have placeholders that"
                + " can be resolved but was ${booking.timeout}");
  }

  static class NegativeRetries {
    @RequestScopedRetry(maxRetries = -1)
    void ask() {}
  }

  @Test
  void negativeRetries() {
    assertThat(refusal(NegativeRetries.class))
        .isEqualTo(
            "@RequestScopedRetry on NegativeRetries.ask: maxRetries must not be negative"
                + " but was -1");
  }

  static class Shrinking {
    @RequestScopedRetry(multiplier = 0.5)
    void ask() {}
  }

  @Test
  void multiplierBelowOne() {
    assertThat(refusal(Shrinking.class))
        .isEqualTo(
            "@RequestScopedRetry on Shrinking.ask: multiplier must be at least 1 but was 0.5");
  }

  static class Unbounded {
    @RequestScopedRetry(multiplier = Double.POSITIVE_INFINITY)
    void ask() {}
  }

  @Test
  void multiplierWithoutBound() {
    assertThat(refusal(Unbounded.class))
        .isEqualTo(
            "@RequestScopedRetry on Unbounded.ask: multiplier must be a finite number such as 2 but"
                + " was Infinity");
  }

  static class TooShort {
    @RequestScopedRetry(delay = "${good}", maxDelay = "1s")
    void ask() {}
  }

  @Test
  void maxDelayBelowTheDelay() {
    assertThat(refusal(TooShort.class))
        .isEqualTo(
            "@RequestScopedRetry on TooShort.ask: maxDelay must be at least the delay of"
                + " 2s but was 1s");
  }

  static class TooLong {
    @RequestScopedRetry(delay = "1m")
    void ask() {}
  }

  @Test
  void defaultMaxDelayBelowTheDelay() {
    assertThat(refusal(TooLong.class))
        .isEqualTo(
            "Operation 'TooLong.ask' (delay from @RequestScopedRetry on TooLong.ask, max-delay from"
                + " default): maxDelay must be at least the delay of 1m but was 10s");
  }

  static class Patient {
    @RequestScopedRetry(delay = "2s", maxDelay = "30s")
    void ask() {}
  }

  @Test
  void settingsThatContradictTheAnnotationAreNamed() {
    assertThat(refusal(RetryPolicy.builder().maxDelay(Duration.ofSeconds(1)).build()))
        .isEqualTo(
            "Operation 'Patient.ask' (delay from @RequestScopedRetry on Patient.ask, max-delay from"
                + " switchboard.retry.operations.patient.ask.max-delay): maxDelay must be at least"
                + " the delay of 2s but was 1s");
    assertThat(refusal(RetryPolicy.builder().delay(Duration.ofMinutes(1)).build()))
        .isEqualTo(
            "Operation 'Patient.ask' (delay from switchboard.retry.operations.patient.ask.delay,"
                + " max-delay from @RequestScopedRetry on Patient.ask): maxDelay must be at least"
                + " the delay of 1m but was 30s");
  }

  private String refusal(RetryPolicy setting) {
    RetrySettings settings = RetrySettings.builder().operation("patient.ask", setting).build();
    return refusal(Patient.class, context.withBean(RetrySettings.class, () -> settings));
  }

  static class FinalMethod {
    @RequestScopedRetry
    final void ask() {}
  }

  @Test
  void finalMethod() {
    assertThat(refusal(FinalMethod.class))
        .isEqualTo(
            "@RequestScopedRetry on FinalMethod.ask: the method must not be final, since a"
                + " proxy cannot override it");
  }

  static class StaticMethod {
    @RequestScopedRetry
    static void ask() {}
  }

  static class PrivateMethod {
    String reply = ask();

    @RequestScopedRetry
    private String ask() {
      return "";
    }
  }

  @Test
  void staticOrPrivateMethod() {
    assertThat(refusal(StaticMethod.class))
        .endsWith("must not be static, since a proxy cannot override it");
    assertThat(refusal(PrivateMethod.class))
        .endsWith("must not be private, since a proxy cannot override it");
  }

  static class Inheriting extends Elsewhere {}

  @Test
  void packagePrivateMethodOfAnotherPackage() {
    assertThat(refusal(Inheriting.class))
        .isEqualTo(
            "@RequestScopedRetry on Inheriting.ask: the method must not be package-private in a"
                + " superclass of another package, since a proxy cannot override it");
  }

  interface Counter {
    int ask();
  }

  record Recorded(String name) implements Counter {
    @RequestScopedRetry
    @Override
    public int ask() {
      return RetryContext.current().attempt();
    }
  }

  @Configuration
  @EnableAspectJAutoProxy(proxyTargetClass = true)
  static class ClassProxies {}

  @Test
  void finalClassIsAdvisedThroughItsInterface() {
    context
        .withUserConfiguration(ClassProxies.class)
        .withBean(Counter.class, () -> new Recorded("desk"))
        .run(spring -> assertThat(spring.getBean(Counter.class).ask()).isEqualTo(1));
  }

  static final class FinalClass {
    @RequestScopedRetry
    void ask() {}
  }

  @Test
  void finalClass() {
    assertThat(refusal(FinalClass.class))
        .isEqualTo(
            "@RequestScopedRetry on FinalClass.ask: the class must not be final, since a"
                + " proxy cannot extend it");
  }

  interface Desk {
    void greet();
  }

  static class BesideItsInterface implements Desk {
    @Override
    public void greet() {}

    @RequestScopedRetry
    public void ask() {}
  }

  @Test
  void methodThatTheInterfaceProxyDoesNotHave() {
    assertThat(refusal(BesideItsInterface.class))
        .isEqualTo(
            "@RequestScopedRetry on BesideItsInterface.ask: the method must be on an"
                + " interface of its class, since the bean's proxy has only those");
  }

  @RequestScopedRetry
  static class AnnotatedBesideItsInterface implements Desk {
    @Override
    public void greet() {}

    public void ask() {}
  }

  @Test
  void aTypesAnnotationIsAboutTheMethodsThatTheInterfaceProxyHas() {
    assertThat(failure(context.withBean(AnnotatedBesideItsInterface.class))).isNull();
  }

  static class Later {
    @RequestScopedRetry
    FutureTask<String> ask() {
      return new FutureTask<>(() -> "");
    }
  }

  @Test
  void answerThatCannotBeFollowed() {
    assertThat(refusal(Later.class))
        .isEqualTo(
            "@RequestScopedRetry on Later.ask: the return type must be a value, CompletableFuture,"
                + " CompletionStage, Future, Mono, Flux or Publisher (with Reactor) but was"
                + " FutureTask");
  }

  @RequestScopedRetry
  static class OnTheType {
    public void ask() {}

    public final void tell() {}
  }

  @Test
  void publicFinalMethodUnderATypesAnnotation() {
    assertThat(refusal(OnTheType.class))
        .isEqualTo(
            "@RequestScopedRetry on OnTheType.tell: the method must not be final, since a"
                + " proxy cannot override it");
  }

  static class OfAFramework {
    public final void start() {}
  }

  @RequestScopedRetry
  static class OnASubtype extends OfAFramework {
    public void ask() {}
  }

  @Test
  void finalMethodThatATypesAnnotationInheritsIsBeyondIt() {
    assertThat(failure(context.withBean(OnASubtype.class))).isNull();
  }

  static class SecondIsBad {
    @RequestScopedRetry
    void first() {}

    @RequestScopedRetry(delay = "1")
    void second() {}

    @RequestScopedRetry
    void third() {}
  }

  @Test
  void allMethodsAreJudged() {
    assertThat(refusal(SecondIsBad.class))
        .isEqualTo(
            "@RequestScopedRetry on SecondIsBad.second: delay must have a unit, as in 30s,"
                + " but was 1");
  }

  @Test
  void lazyBeansAreJudgedAndNotMade() {
    Throwable failure =
        failure(
            context.withBean(
                SecondIsBad.class, SecondIsBad::new, definition -> definition.setLazyInit(true)));
    assertThat(failure).isInstanceOf(InvalidDeclarationException.class);
  }

  static class Calling {
    @RequestScopedRetry
    void ask(@RequestId("T(java.lang.Runtime).getRuntime()") String turn) {}
  }

  static class Unparsed {
    @RequestScopedRetry
    void ask(String message, @RequestId("id[") String turn) {}
  }

  @Test
  void badRequestId() {
    assertThat(refusal(Calling.class))
        .isEqualTo(
            "@RequestId on parameter 1 of Calling.ask must be made of properties, indexes and"
                + " literals only but was T(java.lang.Runtime).getRuntime()");
    assertThat(refusal(Unparsed.class))
        .isEqualTo(
            "@RequestId on parameter 2 of Unparsed.ask must be an expression that parses but was"
                + " id[");
  }

  static class Good {
    @RequestScopedRetry(delay = "${good}", jitter = "${none:0s}")
    void ask() {}
  }

  @Test
  void settingsForAnOperationThatNoBeanHas() {
    RetrySettings typo = RetrySettings.builder().operation("Good.aks", RetryPolicy.UNSAID).build();
    assertThat(failure(context.withBean(Good.class).withBean(RetrySettings.class, () -> typo)))
        .isInstanceOf(InvalidDeclarationException.class)
        .hasMessage(
            "switchboard.retry.operations.Good.aks: the name must be Class.method of a"
                + " bean's @RequestScopedRetry method but no bean has one");
  }

  @Test
  void allSettingsForOperationsThatNoBeanHasAreNamed() {
    RetrySettings typos =
        RetrySettings.builder()
            .operation("Good.aks", RetryPolicy.UNSAID)
            .operation("Godo.ask", RetryPolicy.UNSAID)
            .build();
    assertThat(failure(context.withBean(Good.class).withBean(RetrySettings.class, () -> typos)))
        .hasMessageContaining("operations.Godo.ask: ")
        .extracting(Throwable::getSuppressed, InstanceOfAssertFactories.array(Throwable[].class))
        .singleElement(InstanceOfAssertFactories.THROWABLE)
        .isInstanceOf(InvalidDeclarationException.class)
        .hasMessageContaining("operations.Good.aks: ");
  }

  @Test
  void settingsForAnOperationThatNoBeanHasAreLoggedWhenLenient() {
    RetrySettings typo =
        RetrySettings.builder()
            .operation("Good.aks", RetryPolicy.UNSAID)
            .lenientWiring(true)
            .build();
    assertThat(failure(context.withBean(Good.class).withBean(RetrySettings.class, () -> typo)))
        .isNull();
  }

  @Test
  void settingsForALazyBeansOperationAreUsed() {
    RetrySettings settings =
        RetrySettings.builder().operation("good.ASK", RetryPolicy.UNSAID).build();
    context
        .withBean(
            Good.class,
            () -> {
              throw new AssertionError("made");
            },
            definition -> definition.setLazyInit(true))
        .withBean(RetrySettings.class, () -> settings)
        .run(started -> assertThat(started).hasNotFailed());
  }

  interface Remote {
    @RequestScopedRetry
    void ask();
  }

  static class Local implements Remote {
    @Override
    public void ask() {}
  }

  static class RemoteFactory implements FactoryBean<Remote> {
    @Override
    public Remote getObject() {
      return ProxyFactory.getProxy(Remote.class, (MethodInterceptor) call -> null);
    }

    @Override
    public Class<?> getObjectType() {
      return Remote.class;
    }
  }

  @Test
  void settingsNameTheClassBehindAProxyAndElseTheInterface() {
    assertThat(failure(context.withBean(Local.class), "Local.ask")).isNull();
    assertThat(failure(context.withBean(Local.class), "Remote.ask")).isNotNull();
    assertThat(failure(context.withBean(RemoteFactory.class), "Remote.ask")).isNull();
    RemoteFactory clients = new RemoteFactory();
    assertThat(failure(context.withBean(Remote.class, clients::getObject), "Remote.ask")).isNull();
  }

  private static @Nullable Throwable failure(ApplicationContextRunner runner, String operation) {
    RetrySettings settings =
        RetrySettings.builder().operation(operation, RetryPolicy.UNSAID).build();
    return failure(runner.withBean(RetrySettings.class, () -> settings));
  }

  private <T> String refusal(Class<T> bean) {
    return refusal(bean, context);
  }

  private static <T> String refusal(Class<T> bean, ApplicationContextRunner runner) {
    if (failure(runner.withBean(bean)) instanceof InvalidDeclarationException refused) {
      assertThat(refused.action()).endsWith(".");
      return String.valueOf(refused.getMessage());
    }
    throw new AssertionError("not refused");
  }

  private static @Nullable Throwable failure(ApplicationContextRunner runner) {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    runner.run(
        started -> {
          Throwable thrown = started.getStartupFailure();
          failure.set(thrown == null ? null : NestedExceptionUtils.getMostSpecificCause(thrown));
        });
    return failure.get();
  }
}
