package dev.switchboard.example.concierge.tour;

import dev.switchboard.example.concierge.specialist.Switches;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** The scenes of the tour. */
final class Script {

  private static final List<String> TENANTS = List.of("acme", "globex", "initech");
  private static final String HEADLINE = "Write a headline for our spring sale";
  private static final String ORDER = "Which orders are late?";
  private static final String QUESTION = "Who invented the switchboard?";

  private Script() {}

  static List<Scene> scenes() {
    return List.of(
        new Scene("three tenants ask marketing, twice each", "", 6, Script::askTwice),
        new Scene(
            "eight cold calls of one tenant at once",
            "each finds no id and opens its own; all but one are leaked",
            8,
            Script::coldCalls),
        new Scene(
            "four calls of one tenant fail at once",
            "they share one count, so that some give up at once",
            4,
            Script::failTogether),
        new Scene(
            "marketing forgets, three tenants ask",
            "the ids stay in the map; every further call fails",
            3,
            Script::forget),
        new Scene(
            "research fails once", "an earlier call has used up its retries", 1, Script::failOnce),
        new Scene("a tenant leaves", "nothing is removed, nothing is closed", 0, Script::leave));
  }

  private static int askTwice(Player player) {
    return answered(Stream.concat(TENANTS.stream(), TENANTS.stream()), player, HEADLINE);
  }

  private static int coldCalls(Player player) {
    player.set("storefront", Switches.slow(100));
    int answered = together(8, player, "acme", ORDER);
    player.set("storefront", Switches.well());
    return answered;
  }

  private static int failTogether(Player player) {
    player.set("marketing", Switches.failing(4, 150));
    int answered = together(4, player, "globex", HEADLINE);
    player.set("marketing", Switches.well());
    return answered;
  }

  private static int forget(Player player) {
    player.set("marketing", Switches.forgetful());
    return answered(TENANTS.stream(), player, HEADLINE);
  }

  private static int failOnce(Player player) {
    player.set("research", Switches.failing(1, 0));
    return answered(Stream.of("initech"), player, QUESTION);
  }

  private static int leave(Player player) {
    player.leave("acme");
    return 0;
  }

  private static int answered(Stream<String> tenants, Player player, String message) {
    return (int) tenants.filter(tenant -> player.ask(tenant, message)).count();
  }

  private static int together(int calls, Player player, String tenant, String message) {
    CountDownLatch ready = new CountDownLatch(calls);
    ExecutorService threads = Executors.newFixedThreadPool(calls);
    try {
      List<Future<Boolean>> answers =
          Stream.generate(
                  () ->
                      threads.submit(
                          () -> {
                            ready.countDown();
                            ready.await();
                            return player.ask(tenant, message);
                          }))
              .limit(calls)
              .toList();
      int answered = 0;
      for (Future<Boolean> answer : answers) {
        answered += answer.get() ? 1 : 0;
      }
      return answered;
    } catch (Exception e) {
      throw new IllegalStateException("The tour was interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
