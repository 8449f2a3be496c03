package dev.switchboard.example.concierge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.example.concierge.specialist.Agent;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

@ConciergeTest
class AskTests {

  @Autowired ConciergeClient concierge;

  @ParameterizedTest
  @CsvSource({
    "Write a HEADLINE, marketing",
    "plan a campaign, marketing",
    "which product sells best, storefront",
    "is my order late, storefront",
    "who invented the telephone, research"
  })
  void messageIsRoutedByItsWords(String message, String specialist) {
    ConciergeClient.Reply reply = concierge.ask("routing", message);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text("specialist")).isEqualTo(specialist);
    assertThat(reply.text("reply")).isNotBlank();
    assertThat(reply.number("attempts")).isOne();
    assertThat(reply.flag("simplified")).isFalse();
  }

  @Test
  void sessionIsReused() {
    Agent marketing = concierge.specialist("marketing");
    long opened = marketing.opened();

    ConciergeClient.Reply first = concierge.ask("reuse", "a headline");
    ConciergeClient.Reply second = concierge.ask("reuse", "another headline");

    assertThat(first.flag("fresh")).isTrue();
    assertThat(second.flag("fresh")).isFalse();
    assertThat(second.text("session")).isEqualTo(first.text("session"));
    assertThat(second.text("reply")).contains("message 2 here");
    assertThat(marketing.opened()).isEqualTo(opened + 1);
  }

  @Test
  void tenantsNeverShareASession() {
    ConciergeClient.Reply one = concierge.ask("tenant-one", "a headline");
    ConciergeClient.Reply two = concierge.ask("tenant-two", "a headline");

    assertThat(two.flag("fresh")).isTrue();
    assertThat(two.text("session")).isNotEqualTo(one.text("session"));
    assertThat(two.text("reply")).contains("message 1 here");
  }

  @Test
  void coldCallsOfOneTenantOpenOneSession() throws Exception {
    Agent storefront = concierge.specialist("storefront");
    long opened = storefront.opened();
    CyclicBarrier together = new CyclicBarrier(8);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<ConciergeClient.Reply>> replies =
          IntStream.range(0, 8)
              .mapToObj(
                  call ->
                      threads.submit(
                          () -> {
                            together.await();
                            return concierge.ask("crowd", "the first page");
                          }))
              .toList();
      for (Future<ConciergeClient.Reply> reply : replies) {
        assertThat(reply.get().text("session")).isEqualTo(replies.get(0).get().text("session"));
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(storefront.opened()).isEqualTo(opened + 1);
  }

  @Test
  void forgottenSessionIsReopenedAndTheContextIsResent() {
    Agent research = concierge.specialist("research");
    ConciergeClient.Reply before = concierge.ask("forgotten", "who was first");
    research.forget();

    ConciergeClient.Reply after = concierge.ask("forgotten", "and who was second");

    assertThat(after.status()).isEqualTo(200);
    assertThat(after.flag("fresh")).isTrue();
    assertThat(after.number("attempts")).isOne();
    assertThat(after.text("session")).isNotEqualTo(before.text("session"));
    assertThat(research.heard())
        .singleElement()
        .asString()
        .startsWith("Our conversation so far:\nuser: who was first\nyou: ")
        .endsWith("and who was second");
  }
}
