package dev.switchboard.example.concierge.live;

import dev.switchboard.example.concierge.ConciergeApplication;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;

/** Tests the page of a concierge of its own in a real browser; skipped where there is none. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@SpringBootTest(
    classes = ConciergeApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "concierge.tour=false",
      "concierge.visitors=false",
      "switchboard.retry.delay=10ms",
      "logging.level.dev.switchboard=warn"
    })
@DirtiesContext
@ExtendWith(Browsing.class)
@interface PageTest {}
