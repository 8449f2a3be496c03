package dev.switchboard.example.concierge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.example.concierge.specialist.Agent;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@ConciergeTest
class TenantTests {

  @Autowired ConciergeClient concierge;

  @Test
  void leavingClosesTheTenantsSessionsAndNoOthers() {
    Agent marketing = concierge.specialist("marketing");
    Agent research = concierge.specialist("research");
    long deletedByMarketing = marketing.deleted();
    long deletedByResearch = research.deleted();
    concierge.ask("leaver", "a headline");
    concierge.ask("leaver", "who was first");
    concierge.ask("stayer", "a headline");

    assertThat(concierge.leave("leaver").number("sessions")).isEqualTo(2);

    await().until(() -> marketing.deleted() == deletedByMarketing + 1);
    await().until(() -> research.deleted() == deletedByResearch + 1);
    assertThat(concierge.ask("stayer", "a headline").flag("fresh")).isFalse();
  }

  @Test
  void nothingIsRememberedOfATenantWhoHasLeft() {
    Agent storefront = concierge.specialist("storefront");
    concierge.ask("returner", "the page of secrets");
    concierge.leave("returner");
    storefront.forget();

    assertThat(concierge.ask("returner", "any page").flag("fresh")).isTrue();
    assertThat(storefront.heard()).containsExactly("any page");
  }

  @Test
  void tenantWithoutSessionsMayLeave() {
    ConciergeClient.Reply reply = concierge.leave("nobody");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.number("sessions")).isZero();
  }
}
