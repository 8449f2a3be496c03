package dev.switchboard.benchmark;

import dev.switchboard.session.SpecialistConnector;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A specialist that opens sessions at once, with ids of 36 characters. */
@Configuration(proxyBeanMethods = false)
class Ids {

  private static final AtomicLong NEXT = new AtomicLong();

  static String of(Object key) {
    return String.format("%036d", NEXT.incrementAndGet());
  }

  @Bean
  SpecialistConnector desk() {
    return Ids::of;
  }
}
