package dev.switchboard.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The sessions of a {@link SpecialistServer}: what it knows, and all that ever happened. */
final class SpecialistLedger {

  private final Map<String, String> keys = new LinkedHashMap<>();
  private final Map<String, Integer> closes = new HashMap<>();
  private final Set<String> known = new HashSet<>();
  private final List<String> callsOnClosed = new ArrayList<>();
  private final List<String> callsOnOthers = new ArrayList<>();

  synchronized String open(String key) {
    String id = UUID.randomUUID().toString();
    keys.put(id, key);
    known.add(id);
    return id;
  }

  /** Returns whether it knew the session. */
  synchronized boolean close(String id) {
    closes.merge(id, 1, Integer::sum);
    return known.remove(id);
  }

  /** Returns whether it knows the session. */
  synchronized boolean say(String key, String id) {
    if (closes.containsKey(id)) {
      callsOnClosed.add(id);
    }
    if (keys.containsKey(id) && !key.equals(keys.get(id))) {
      callsOnOthers.add(id);
    }
    return known.contains(id);
  }

  synchronized void forget(String id) {
    known.remove(id);
  }

  synchronized void forgetAll() {
    known.clear();
  }

  /** All ids it ever gave, in their order. */
  synchronized List<String> opened() {
    return List.copyOf(keys.keySet());
  }

  /** All ids it ever gave to this key, in their order; {@link HttpSpecialist#text} names keys. */
  synchronized List<String> openedFor(String key) {
    return keys.keySet().stream().filter(id -> key.equals(keys.get(id))).toList();
  }

  /** The ids it knows: opened, neither closed nor forgotten. */
  synchronized Set<String> known() {
    return Set.copyOf(known);
  }

  /** How often each id was asked to be closed, those it had forgotten too. */
  synchronized Map<String, Integer> closed() {
    return Map.copyOf(closes);
  }

  synchronized List<String> closedTwice() {
    return closes.entrySet().stream()
        .filter(closed -> closed.getValue() > 1)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The ids of messages that came after their session had been closed, one entry a message. */
  synchronized List<String> callsOnClosed() {
    return List.copyOf(callsOnClosed);
  }

  /** The ids of messages that came from another key than the session's, one entry a message. */
  synchronized List<String> callsOnOthers() {
    return List.copyOf(callsOnOthers);
  }
}
