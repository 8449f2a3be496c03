package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.asm.ClassWriter;
import org.springframework.asm.Opcodes;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ReturnKindTests {

  interface Agent<R> {
    R generic();
  }

  interface Answers extends Agent<Mono<String>> {
    String value();

    void nothing();

    Object any();

    CompletableFuture<String> completable();

    CompletionStage<String> stage();

    Future<String> future();

    Mono<String> mono();

    Flux<String> flux();

    Publisher<String> publisher();

    FutureTask<String> task();

    ConnectableFlux<String> hot();

    Flow.Publisher<String> flow();
  }

  private static ReturnKind kindOf(String method) {
    return ReturnKind.of(method(Answers.class, method), Answers.class);
  }

  private static Method method(Class<?> type, String name) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"value", "nothing", "any"})
  void methodThatReturnsItsResultAnswersAtOnce(String method) {
    assertThat(kindOf(method)).isEqualTo(ReturnKind.VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"completable", "stage", "future"})
  void futuresThatACompletableFutureCanBe(String method) {
    assertThat(kindOf(method)).isEqualTo(ReturnKind.FUTURE);
  }

  @Test
  void publishersOfReactor() {
    assertThat(kindOf("mono")).isEqualTo(ReturnKind.MONO);
    assertThat(kindOf("flux")).isEqualTo(ReturnKind.FLUX);
    assertThat(kindOf("publisher")).isEqualTo(ReturnKind.FLUX);
    assertThat(kindOf("generic")).isEqualTo(ReturnKind.MONO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"task", "hot", "flow"})
  void othersAreRefused(String method) {
    assertThatThrownBy(() -> kindOf(method))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the return type must be a value, CompletableFuture,");
  }

  @Test
  void suspendFunctionOfKotlinIsRefused() throws Exception {
    ClassWriter continuation = writer("kotlin/coroutines/Continuation");
    ClassWriter agent = writer("SuspendingAgent");
    agent.visitMethod(
        Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT,
        "ask",
        "(Ljava/lang/String;Lkotlin/coroutines/Continuation;)Ljava/lang/Object;",
        null,
        null);
    Class<?> type = new Made(continuation, agent).loadClass("SuspendingAgent");

    assertThatThrownBy(() -> ReturnKind.of(method(type, "ask"), type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("but was suspend");
  }

  @Test
  void futureIsMadeSureOf() {
    assertThat(ReturnKind.future(CompletableFuture.completedStage(1), "Desk.ask")).isNotNull();
    assertThatThrownBy(() -> ReturnKind.future(new FutureTask<>(() -> 1), "Desk.ask"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Desk.ask returned FutureTask where a CompletionStage is due, whose end can be seen");
    assertThatThrownBy(() -> ReturnKind.future(null, "Desk.ask"))
        .hasMessageStartingWith("Desk.ask returned null where");
  }

  private static ClassWriter writer(String name) {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(
        Opcodes.V17,
        Opcodes.ACC_PUBLIC | Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT,
        name,
        null,
        "java/lang/Object",
        null);
    return writer;
  }

  /** Kotlin is not on the class path. */
  private static final class Made extends ClassLoader {
    Made(ClassWriter continuation, ClassWriter agent) {
      byte[] first = continuation.toByteArray();
      byte[] second = agent.toByteArray();
      defineClass("kotlin.coroutines.Continuation", first, 0, first.length);
      defineClass("SuspendingAgent", second, 0, second.length);
    }
  }
}
