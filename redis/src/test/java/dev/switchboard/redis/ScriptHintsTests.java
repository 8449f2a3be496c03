package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;

class ScriptHintsTests {

  @Test
  void nativeImageKeepsTheScripts() {
    RuntimeHints hints = new RuntimeHints();
    AotServices.factories()
        .load(RuntimeHintsRegistrar.class)
        .forEach(registrar -> registrar.registerHints(hints, getClass().getClassLoader()));
    assertThat(hints)
        .matches(RuntimeHintsPredicates.resource().forResource("dev/switchboard/redis/common.lua"));
  }
}
