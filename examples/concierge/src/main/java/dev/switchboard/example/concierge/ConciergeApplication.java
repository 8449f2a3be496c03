package dev.switchboard.example.concierge;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the concierge. */
@SpringBootApplication
public class ConciergeApplication {

  public static void main(String[] args) {
    SpringApplication.run(ConciergeApplication.class, args);
  }
}
