package dev.switchboard.example.concierge;

import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Component;

/** Finds the specialist for a message by the words in it; research has what fits nobody. */
@Component
public class Router {

  private record Rule(String specialist, List<String> words) {}

  private static final List<Rule> RULES =
      List.of(
          new Rule("marketing", List.of("headline", "campaign", "slogan", "advert", "newsletter")),
          new Rule("storefront", List.of("shop", "product", "order", "page", "price", "cart")));

  /** Returns the specialist's name. */
  public String route(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    return RULES.stream()
        .filter(rule -> rule.words().stream().anyMatch(text::contains))
        .map(Rule::specialist)
        .findFirst()
        .orElse("research");
  }
}
