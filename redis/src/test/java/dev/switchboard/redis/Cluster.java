package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.redis.ClusterProcess.Outcome;
import dev.switchboard.session.SessionCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;

/**
 * Four processes on one Redis with one specialist. They and the server are kept from test to test;
 * the specialist and the engines are each test's own.
 */
final class Cluster implements AutoCloseable {

  private static final int SIZE = 4;

  private final RedisServerProcess redis = RedisServerProcess.start();
  private final List<ClusterProcess> processes =
      new ArrayList<>(Stream.generate(ClusterProcess::new).limit(SIZE).toList());
  private final List<String> figures = new ArrayList<>();
  private SpecialistServer specialist = SpecialistServer.start();
  private SessionCounts retired = new SessionCounts(0, 0, 0, 0, 0, 0);

  /** Begins a test. */
  void begin() {
    redis.command("FLUSHALL");
    specialist = SpecialistServer.start();
    retired = new SessionCounts(0, 0, 0, 0, 0, 0);
  }

  /** Ends a test. */
  void end() {
    specialist.close();
    List<ClusterProcess> started = processes.stream().filter(ClusterProcess::isStarted).toList();
    started.forEach(process -> process.send("stop"));
    started.forEach(ClusterProcess::stopped);
  }

  SpecialistServer specialist() {
    return specialist;
  }

  SpecialistLedger sessions() {
    return specialist.sessions();
  }

  RedisServerProcess redis() {
    return redis;
  }

  ClusterProcess process(int number) {
    return processes.get(number);
  }

  /** Starts the engines of all processes. */
  void start(String... settings) {
    start(IntStream.range(0, SIZE).boxed().toList(), settings);
  }

  /** Starts the engines of these processes, see {@link ClusterEngine}. */
  void start(Collection<Integer> numbers, String... settings) {
    String server = "redis=" + redis.port() + " specialist=" + specialist.url() + " ";
    String line = "start " + (server + String.join(" ", settings)).trim();
    numbers.forEach(number -> process(number).send(line));
    numbers.forEach(number -> process(number).started());
  }

  /** SIGKILL; another process, without an engine yet, takes its place. */
  void kill(int number) {
    process(number).close();
    processes.set(number, new ClusterProcess());
  }

  /** Stops an engine in good order; what it has counted stays counted. */
  void stop(int number) {
    process(number).send("stop");
    retired = sum(retired, process(number).stopped());
  }

  /** Stops an engine in good order, ends its process, and starts another in its place. */
  void restart(int number, String... settings) {
    stop(number);
    kill(number);
    start(List.of(number), settings);
  }

  /** Lets threads of all these processes call each key once, all starting together. */
  Outcome call(Collection<Integer> numbers, int threads, String work, List<String> keys) {
    numbers.forEach(number -> process(number).ready(threads, work, keys));
    go(numbers);
    return outcome(numbers);
  }

  void go(Collection<Integer> numbers) {
    numbers.forEach(number -> process(number).go());
  }

  Outcome outcome(Collection<Integer> numbers) {
    return numbers.stream()
        .map(number -> process(number).outcome())
        .reduce(Outcome.none(), Outcome::plus);
  }

  /** What becomes true within 30 seconds, on a busy machine too. */
  static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(30));
  }

  /** Waits until that many claims have been told to wait for another process. */
  void awaitWaiting(int claims) {
    eventually().until(() -> count("SCARD", ClusterEngine.WAITING) >= claims);
  }

  /** How many sessions of a specialist Redis has stored. */
  long stored(String specialistName) {
    return count("HLEN", "switchboard:{application:" + specialistName + ":0}:sessions");
  }

  /** How many sessions have left and are still to be closed. */
  long closing(String specialistName) {
    return count("ZCARD", "switchboard:{application:" + specialistName + ":0}:closing");
  }

  private long count(String... command) {
    return (Long) Objects.requireNonNull(redis.command(command));
  }

  /** Counts of all processes whose engines run or were stopped. */
  SessionCounts counts() {
    return processes.stream()
        .filter(ClusterProcess::isStarted)
        .map(ClusterProcess::counts)
        .reduce(retired, Cluster::sum);
  }

  private static SessionCounts sum(SessionCounts one, SessionCounts other) {
    return new SessionCounts(
        one.opened() + other.opened(),
        one.live() + other.live(),
        one.draining() + other.draining(),
        one.closed() + other.closed(),
        one.lost() + other.lost(),
        one.unclosed() + other.unclosed());
  }

  /**
   * Waits until nothing drains and the processes' counts add up to what Redis keeps.
   *
   * @param openedByTheDead sessions that killed processes had stored
   * @return the counts
   */
  SessionCounts atRest(int openedByTheDead) {
    eventually()
        .untilAsserted(
            () -> {
              SessionCounts sum = counts();
              long kept =
                  Stream.of("marketing", "poet").mapToLong(n -> stored(n) + closing(n)).sum();
              assertThat(sum.draining()).as("draining of %s", sum).isZero();
              assertThat(sum.live()).as("live of %s", sum).isEqualTo(kept - openedByTheDead);
            });
    SessionCounts sum = counts();
    assertThat(sum.opened())
        .as("opened of %s", sum)
        .isEqualTo(sum.live() + sum.draining() + sum.closed() + sum.lost() + sum.unclosed());
    return sum;
  }

  /** A line that is read in the build's output. */
  void figure(String line) {
    figures.add(line);
  }

  void printFigures(String title) {
    if (!figures.isEmpty()) {
      System.out.println(title + "\n  " + String.join("\n  ", figures));
      figures.clear();
    }
  }

  @Override
  public void close() {
    specialist.close();
    processes.forEach(ClusterProcess::close);
    redis.close();
  }
}
