package dev.switchboard.example.concierge.specialist;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * A specialist in memory: keeps conversations, says its line, and fails when told to. As at a real
 * one, a run that fails has kept what the user said.
 */
public final class Agent {

  private static final int MEMORY = 20;

  /** What the next run must know of a conversation. */
  record Remains(String id, String user, int messages) {}

  /** One user's conversation; the last messages are kept. Locks itself. */
  private static final class Conversation {

    private final String user;
    private final Deque<String> heard = new ArrayDeque<>();
    private int messages;

    Conversation(String user, int messages) {
      this.user = user;
      this.messages = messages;
    }

    /** Returns how many messages there were. */
    synchronized int hear(String text) {
      if (heard.size() == MEMORY) {
        heard.remove();
      }
      heard.add(text);
      return ++messages;
    }

    synchronized List<String> heard() {
      return List.copyOf(heard);
    }

    synchronized Remains remains(String id) {
      return new Remains(id, user, messages);
    }
  }

  private final String name;
  private final String line;
  private final Faults faults = new Faults();
  private final Map<String, Conversation> conversations = new ConcurrentHashMap<>();
  private final LongAdder opened = new LongAdder();
  private final LongAdder deleted = new LongAdder();

  public Agent(String name, String line) {
    this.name = name;
    this.line = line;
  }

  public String name() {
    return name;
  }

  public Faults faults() {
    return faults;
  }

  /**
   * Opens a conversation.
   *
   * @throws IllegalStateException if the agent is down
   */
  public String open(String user) {
    if (faults.isDown()) {
      throw new IllegalStateException("The specialist hangs up");
    }
    faults.pause();
    String id = UUID.randomUUID().toString();
    conversations.put(id, new Conversation(user, 0));
    opened.increment();
    return id;
  }

  public boolean knows(String user, String id) {
    Conversation conversation = conversations.get(id);
    return conversation != null && conversation.user.equals(user);
  }

  public boolean delete(String user, String id) {
    boolean known = knows(user, id) && conversations.remove(id) != null;
    if (known) {
      deleted.increment();
    }
    return known;
  }

  public Reply run(String user, String id, String text) {
    if (faults.isDown()) {
      return Reply.failure(503);
    }
    Conversation conversation = conversations.get(id);
    if (conversation == null || !conversation.user.equals(user)) {
      return Reply.UNKNOWN_SESSION;
    }
    int message = conversation.hear(text);
    faults.pause();
    Reply fault = faults.next();
    return fault != null ? fault : Reply.of("%s (message %d here)".formatted(line, message));
  }

  List<Remains> remains() {
    return conversations.entrySet().stream().map(e -> e.getValue().remains(e.getKey())).toList();
  }

  void resume(List<Remains> earlier) {
    earlier.forEach(
        was -> conversations.put(was.id(), new Conversation(was.user(), was.messages())));
  }

  /** Forgets every conversation, as a restart would. */
  public void forget() {
    conversations.clear();
  }

  /** The last of what the user has said in the conversations that the agent still knows. */
  public List<String> heard() {
    return conversations.values().stream().flatMap(c -> c.heard().stream()).toList();
  }

  /** The ids of the user's conversations. */
  public List<String> idsOf(String user) {
    return conversations.keySet().stream().filter(id -> knows(user, id)).toList();
  }

  public int held() {
    return conversations.size();
  }

  public long opened() {
    return opened.sum();
  }

  public long deleted() {
    return deleted.sum();
  }
}
