package dev.switchboard.redis;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.switchboard.session.SessionCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** One process of a cluster: does what its {@link ClusterProcess} says, in lines. */
final class SpecialistProcess {

  private final ParentProcess parent;
  private @Nullable ClusterEngine engine;
  private @Nullable Callers callers;

  private SpecialistProcess(ParentProcess parent) {
    this.parent = parent;
  }

  public static void main(String[] arguments) {
    try {
      SpecialistProcess process = new SpecialistProcess(ParentProcess.connect());
      ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.INFO);
      process.parent.send("running");
      while (true) {
        process.obey(process.parent.next().split(" ", -1));
      }
    } catch (Throwable failure) {
      failure.printStackTrace();
      Runtime.getRuntime().halt(2);
    }
  }

  private void obey(String[] command) throws InterruptedException {
    switch (command[0]) {
      case "start" -> {
        engine =
            new ClusterEngine(
                Arrays.stream(command, 1, command.length)
                    .map(setting -> setting.split("=", 2))
                    .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1])));
        parent.send("started");
      }
      case "stop" -> {
        engine().close();
        parent.send(counts());
      }
      case "counts" -> parent.send(counts());
      case "evictTenant" -> parent.send("" + engine().sessions().evictTenant(command[1]));
      case "call" -> {
        callers = new Callers(calls(command[1], command[2], command[3].split(",")));
        parent.send("ready");
      }
      case "soak" -> {
        callers = new Callers(soak(command[1], Long.parseLong(command[2]), command[3]));
        parent.send("ready");
      }
      case "go" -> callers().go();
      case "waiting" -> {
        callers().awaitWaiting();
        parent.send("waiting");
      }
      case "outcome" -> callers().outcome().forEach(parent::send);
      default -> throw new IllegalArgumentException(command[0]);
    }
  }

  private ClusterEngine engine() {
    return Objects.requireNonNull(engine);
  }

  private Callers callers() {
    return Objects.requireNonNull(callers);
  }

  private String counts() {
    SessionCounts sum = engine().sessions().snapshot().total();
    return "%d %d %d %d %d %d"
        .formatted(
            sum.opened(), sum.live(), sum.draining(), sum.closed(), sum.lost(), sum.unclosed());
  }

  /** Each thread calls each key once, in an order of its own. */
  private List<Callers.Task> calls(String threads, String work, String[] keys) {
    ClusterEngine engine = engine();
    return IntStream.range(0, Integer.parseInt(threads))
        .<Callers.Task>mapToObj(
            thread ->
                callers -> {
                  List<String> shuffled = new ArrayList<>(List.of(keys));
                  Collections.shuffle(shuffled, new Random(thread));
                  for (String key : shuffled) {
                    try {
                      callers.saw(key, engine.call(key, work));
                    } catch (Exception e) {
                      callers.failed(e);
                    }
                    callers.called();
                  }
                })
        .toList();
  }

  /** Each thread makes so many calls, and now and then evicts a session or a tenant. */
  private List<Callers.Task> soak(String threads, long seed, String number) {
    ClusterEngine engine = engine();
    return IntStream.range(0, Integer.parseInt(threads))
        .<Callers.Task>mapToObj(
            thread ->
                callers -> {
                  SplittableRandom random = new SplittableRandom(seed + thread);
                  for (int i = 0; i < Integer.parseInt(number); i++) {
                    String tenant = "t" + (int) (20 * Math.pow(random.nextDouble(), 2));
                    String key = "marketing/" + tenant + "/" + random.nextInt(5);
                    try {
                      switch (random.nextInt(300)) {
                        case 0, 1 -> engine.sessions().evict(ClusterEngine.key(key));
                        case 2 -> engine.sessions().evictTenant(tenant);
                        default -> engine.call(key, "say");
                      }
                    } catch (Exception e) {
                      callers.failed(e);
                    }
                    callers.called();
                  }
                })
        .toList();
  }
}
