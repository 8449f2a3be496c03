package dev.switchboard.example.concierge.maps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.example.concierge.specialist.Agent;
import org.junit.jupiter.api.Test;

class TwoMapsTests {

  private final TwoMaps maps = new TwoMaps();
  private final Agent marketing = new Agent("marketing", "Here.");
  private final Agent research = new Agent("research", "Here.");

  @Test
  void mapsWorkWhileAllIsWell() {
    assertThat(maps.ask(marketing, "acme", "hello")).isTrue();
    assertThat(maps.ask(marketing, "acme", "hello")).isTrue();
    assertThat(marketing.opened()).isOne();
    assertThat(maps.retryEntries()).isZero();
    assertThat(maps.miscounted()).isZero();
  }

  @Test
  void forgottenSessionStaysForgotten() {
    maps.ask(marketing, "acme", "hello");
    marketing.forget();

    assertThat(maps.ask(marketing, "acme", "hello")).isFalse();
    assertThat(maps.ask(marketing, "acme", "hello")).isFalse();
    assertThat(maps.sessionEntries()).isOne();
    assertThat(maps.deadEntries(marketing)).isOne();
    assertThat(maps.deadEntries(research)).isZero();
  }

  @Test
  void retriesOfOneRequestAreMissingInTheNext() {
    marketing.faults().failNext(3, 503);
    maps.ask(marketing, "acme", "hello");
    research.faults().failNext(1, 503);

    assertThat(maps.ask(research, "acme", "hello")).isFalse();
    assertThat(maps.retries()).isEqualTo(2);
    assertThat(maps.retryEntries()).isOne();
    assertThat(maps.miscounted()).isOne();
  }
}
