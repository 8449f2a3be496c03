package dev.switchboard.example.concierge.specialist;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** The specialists that run in this process; first to start and last to stop. */
public final class LocalSpecialists implements SmartLifecycle {

  private static final Map<String, String> LINES =
      new TreeMap<>(
          Map.of(
              "marketing", "Headline: one switchboard, every call put through.",
              "research", "Three sources agree, the fourth is older than the question.",
              "storefront", "The page is up; two products still lack a picture."));

  private final Map<String, AdkServer> servers = new TreeMap<>();
  private final @Nullable ConversationFile file;
  private volatile boolean running;

  /**
   * Creates a process without specialists.
   *
   * @param file keeps their conversations for the next run, or null where these need not last
   */
  LocalSpecialists(@Nullable ConversationFile file) {
    this.file = file;
  }

  /** The specialists that there are, here or elsewhere. */
  public static List<String> names() {
    return List.copyOf(LINES.keySet());
  }

  public static Agent agent(String name) {
    return new Agent(name, LINES.getOrDefault(name, ""));
  }

  /** Binds a port for a specialist and returns its base URL. */
  String add(String name, String app) {
    AdkServer server = new AdkServer(agent(name), app);
    servers.put(name, server);
    return server.baseUrl();
  }

  /** The specialist of this name, or null if it runs elsewhere. */
  public @Nullable Agent find(String name) {
    AdkServer server = servers.get(name);
    return server == null ? null : server.agent();
  }

  public List<Agent> agents() {
    return servers.values().stream().map(AdkServer::agent).toList();
  }

  @Override
  public void start() {
    Map<String, List<Agent.Remains>> earlier = file == null ? Map.of() : file.take();
    agents().forEach(agent -> agent.resume(earlier.getOrDefault(agent.name(), List.of())));
    servers.values().forEach(AdkServer::start);
    running = true;
  }

  @Override
  public void stop() {
    servers.values().forEach(AdkServer::stop);
    if (file != null) {
      file.write(agents().stream().collect(Collectors.toMap(Agent::name, Agent::remains)));
    }
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }

  /** A server that has stopped does not start again. */
  @Override
  public boolean isPauseable() {
    return false;
  }
}
