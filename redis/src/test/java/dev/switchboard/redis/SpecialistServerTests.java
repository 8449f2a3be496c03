package dev.switchboard.redis;

import static dev.switchboard.redis.SpecialistServer.Call.CLOSE;
import static dev.switchboard.redis.SpecialistServer.Call.OPEN;
import static dev.switchboard.redis.SpecialistServer.Call.SAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.switchboard.redis.HttpSpecialist.ForgottenException;
import dev.switchboard.session.SessionKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpecialistServerTests {

  private static final SessionKey KEY = SessionKey.of("marketing", "a/b", "ü ser");
  private static final SessionKey OTHER = SessionKey.of("marketing", "a", "b", "ü ser");

  private final SpecialistServer server = SpecialistServer.start();
  private final SpecialistLedger sessions = server.sessions();
  private final HttpSpecialist specialist = new HttpSpecialist(server.url());

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void sessionsAreOpenedUsedAndClosed() throws Exception {
    String first = specialist.open(KEY);
    String second = specialist.open(OTHER);
    specialist.say(KEY, first);
    specialist.say(OTHER, second);
    specialist.close(KEY, first);
    assertThat(sessions.opened()).containsExactly(first, second);
    assertThat(sessions.openedFor(HttpSpecialist.text(KEY))).containsExactly(first);
    assertThat(sessions.known()).isEqualTo(Set.of(second));
    assertThat(sessions.closed()).isEqualTo(Map.of(first, 1));
    assertThat(sessions.closedTwice()).isEmpty();
    assertThat(sessions.callsOnClosed()).isEmpty();
    assertThat(sessions.callsOnOthers()).isEmpty();
  }

  @Test
  void forgottenSessionIsLost() throws Exception {
    String id = specialist.open(KEY);
    sessions.forget(id);
    assertThatExceptionOfType(ForgottenException.class)
        .isThrownBy(() -> specialist.say(KEY, id))
        .matches(failure -> specialist.isLost(KEY, id, failure));
    specialist.close(KEY, id);
    specialist.open(KEY);
    sessions.forgetAll();
    assertThat(sessions.known()).isEmpty();
    assertThat(sessions.callsOnClosed()).isEmpty();
  }

  @Test
  void noticesWhatMustNotHappen() throws Exception {
    String id = specialist.open(KEY);
    specialist.say(OTHER, id);
    specialist.close(KEY, id);
    specialist.close(KEY, id);
    assertThatExceptionOfType(ForgottenException.class).isThrownBy(() -> specialist.say(KEY, id));
    assertThat(sessions.closedTwice()).containsExactly(id);
    assertThat(sessions.callsOnClosed()).containsExactly(id);
    assertThat(sessions.callsOnOthers()).containsExactly(id);
  }

  @Test
  void failsAsOftenAsTold() throws Exception {
    server.failNext(OPEN, 1);
    assertThatIOException()
        .isThrownBy(() -> specialist.open(KEY))
        .withMessage("The specialist answered 503");
    assertThat(sessions.opened()).isEmpty();
    String id = specialist.open(KEY);
    server.failNext(CLOSE, 1);
    assertThatIOException().isThrownBy(() -> specialist.close(KEY, id));
    assertThat(sessions.known()).containsExactly(id);
  }

  @Test
  void twoHundredRequestsCanBeHeldAtOnce() throws Exception {
    Hold hold = server.holdNext(OPEN, 200);
    List<FutureTask<String>> opens = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      opens.add(start(() -> specialist.open(KEY)));
    }
    hold.awaitArrivals(200);
    assertThat(specialist.open(OTHER)).isNotBlank();
    assertThat(sessions.openedFor(HttpSpecialist.text(KEY))).isEmpty();
    hold.release();
    Set<String> ids = new HashSet<>();
    for (FutureTask<String> open : opens) {
      ids.add(open.get(30, TimeUnit.SECONDS));
    }
    assertThat(ids).hasSize(200);
    assertThat(sessions.openedFor(HttpSpecialist.text(KEY)))
        .containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void messageThatEndsAfterTheCloseCameTooLate() throws Exception {
    String id = specialist.open(KEY);
    Hold hold = server.holdNext(SAY, 1);
    FutureTask<String> message =
        start(
            () -> {
              specialist.say(KEY, id);
              return "";
            });
    hold.awaitArrivals(1);
    specialist.close(KEY, id);
    hold.release();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> message.get(30, TimeUnit.SECONDS))
        .withCauseInstanceOf(ForgottenException.class);
    assertThat(sessions.callsOnClosed()).containsExactly(id);
  }

  private static FutureTask<String> start(Callable<String> call) {
    FutureTask<String> task = new FutureTask<>(call);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return task;
  }
}
