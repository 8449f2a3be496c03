package dev.switchboard.example.concierge;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

/** Tests the running concierge over HTTP; all such tests share one. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "concierge.tour=false",
      "concierge.visitors=false",
      "concierge.read-timeout=300ms",
      "switchboard.retry.delay=10ms",
      "logging.level.dev.switchboard=warn"
    })
@Import(ConciergeClient.class)
@interface ConciergeTest {}
