package dev.switchboard.redis;

import dev.switchboard.session.SessionCounts;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** One process of a cluster, as its test sees it. */
final class ClusterProcess implements AutoCloseable {

  /**
   * What the callers of one process or more came to.
   *
   * @param ids those that callers of each key saw
   * @param fresh keys whose session was fresh to some caller
   * @param failures each text with how often
   * @param calls how many
   * @param nanos from the start to the end of the last, the longest of the processes
   */
  record Outcome(
      Map<String, Set<String>> ids,
      Set<String> fresh,
      Map<String, Integer> failures,
      long calls,
      long nanos) {

    static Outcome none() {
      return new Outcome(new TreeMap<>(), new HashSet<>(), new TreeMap<>(), 0, 0);
    }

    Outcome plus(Outcome other) {
      Outcome sum =
          new Outcome(
              new TreeMap<>(),
              new HashSet<>(fresh),
              new TreeMap<>(failures),
              calls + other.calls,
              Math.max(nanos, other.nanos));
      for (Outcome part : List.of(this, other)) {
        part.ids.forEach(
            (key, seen) -> sum.ids.computeIfAbsent(key, none -> new HashSet<>()).addAll(seen));
      }
      sum.fresh.addAll(other.fresh);
      other.failures.forEach((text, count) -> sum.failures.merge(text, count, Integer::sum));
      return sum;
    }

    Set<String> allIds() {
      Set<String> all = new HashSet<>();
      ids.values().forEach(all::addAll);
      return all;
    }
  }

  private final JvmProcess process = JvmProcess.start(SpecialistProcess.class);
  private boolean running;
  private boolean started;

  /** Sends a command whose answer is waited for later. */
  void send(String command) {
    if (!running) {
      process.next();
      running = true;
    }
    process.send(command);
  }

  private String ask(String command) {
    send(command);
    return process.next();
  }

  /** Waits for the engine that {@code start} starts. */
  void started() {
    process.next();
    started = true;
  }

  boolean isStarted() {
    return started;
  }

  /** Waits for the end of the engine that {@code stop} stops; returns its last counts. */
  SessionCounts stopped() {
    started = false;
    return counts(process.next());
  }

  SessionCounts counts() {
    return counts(ask("counts"));
  }

  private static SessionCounts counts(String line) {
    long[] counts = Arrays.stream(line.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    return new SessionCounts(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
  }

  int evictTenant(String tenant) {
    return Integer.parseInt(ask("evictTenant " + tenant));
  }

  /** Makes threads ready to call each key once, see {@link ClusterEngine#call}. */
  void ready(int threads, String work, List<String> keys) {
    ask("call " + threads + " " + work + " " + String.join(",", keys));
  }

  /** Makes threads ready for so many random calls and evictions each. */
  void readyToSoak(int threads, long seed, int calls) {
    ask("soak " + threads + " " + seed + " " + calls);
  }

  /** Lets the threads go. */
  void go() {
    process.send("go");
  }

  /** Waits until each of the threads has ended or waits. */
  void awaitWaiting() {
    ask("waiting");
  }

  /** Waits for the threads. */
  Outcome outcome() {
    Outcome outcome = Outcome.none();
    for (String line = ask("outcome"); ; line = process.next()) {
      String[] words = line.split(" ", 4);
      if (words[0].equals("end")) {
        return new Outcome(
            outcome.ids,
            outcome.fresh,
            outcome.failures,
            Long.parseLong(words[1]),
            Long.parseLong(words[2]));
      }
      if (words[1].equals("saw")) {
        String[] answer = words[3].split(" ", -1);
        outcome.ids.computeIfAbsent(words[2], none -> new HashSet<>()).add(answer[0]);
        if (answer[1].equals("fresh")) {
          outcome.fresh.add(words[2]);
        }
      } else {
        outcome.failures.put(words[2] + " " + words[3], Integer.parseInt(words[0]));
      }
    }
  }

  /** Calls each key once with one thread. */
  Outcome call(String work, List<String> keys) {
    ready(1, work, keys);
    go();
    return outcome();
  }

  void pause() {
    process.pause();
  }

  void resume() {
    process.resume();
  }

  /** SIGKILL. */
  @Override
  public void close() {
    started = false;
    process.close();
  }
}
