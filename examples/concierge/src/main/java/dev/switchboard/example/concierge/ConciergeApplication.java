package dev.switchboard.example.concierge;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the concierge. */
@SpringBootApplication
@EnableScheduling
public class ConciergeApplication {

  public static void main(String[] args) {
    SpringApplication.run(ConciergeApplication.class, args);
  }
}
