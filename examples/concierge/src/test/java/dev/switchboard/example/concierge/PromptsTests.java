package dev.switchboard.example.concierge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PromptsTests {

  @Test
  void longMessageIsCutBetweenWords() {
    assertThat(Prompts.shortened("word ".repeat(30))).hasSize(123).endsWith("word ...");
    assertThat(Prompts.shortened(" a\n b ")).isEqualTo("a b");
    assertThat(Prompts.shortened("x".repeat(500))).hasSize(124);
  }

  @Test
  void recapPrecedesTheMessage() {
    assertThat(Prompts.withRecap(List.of(), "now")).isEqualTo("now");
    assertThat(Prompts.withRecap(List.of("user: then", "you: yes"), "now"))
        .isEqualTo("Our conversation so far:\nuser: then\nyou: yes\n\nnow");
  }
}
