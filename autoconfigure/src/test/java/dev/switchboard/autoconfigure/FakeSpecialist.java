package dev.switchboard.autoconfigure;

import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SpecialistConnector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A specialist in memory that writes down what it opens and closes. */
class FakeSpecialist implements SpecialistConnector {

  final List<String> opened = new CopyOnWriteArrayList<>();
  final List<String> closed = new CopyOnWriteArrayList<>();
  private final String name;

  FakeSpecialist(String name) {
    this.name = name;
  }

  @Override
  public String open(SessionKey key) {
    String id = name + "-" + (opened.size() + 1);
    opened.add(id);
    return id;
  }

  @Override
  public void close(SessionKey key, String id) {
    closed.add(id);
  }
}
