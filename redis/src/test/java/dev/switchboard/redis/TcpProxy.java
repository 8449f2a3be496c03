package dev.switchboard.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A network in front of a Redis server on this machine that fails in the ways networks do. Its
 * switches hold for what is sent after they were set.
 */
final class TcpProxy implements AutoCloseable {

  /** What happens to what arrives. */
  private enum Mode {
    PASS,
    DROP_REPLIES,
    BLACKHOLE,
    REFUSE
  }

  private final ServerSocket listener;
  private final int serverPort;
  private final Set<TcpProxyConnection> open = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> commands = new ConcurrentHashMap<>();
  private final Map<Script, Integer> scripts = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final LongAdder bytesToServer = new LongAdder();
  private final LongAdder bytesToClients = new LongAdder();
  private final AtomicReference<@Nullable Object> unanswered = new AtomicReference<>();
  private volatile Mode mode = Mode.PASS;

  private TcpProxy(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    daemon("accepting", this::accept);
  }

  static TcpProxy to(RedisServerProcess server) {
    try {
      return new TcpProxy(server.port());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  String url() {
    return "redis://127.0.0.1:" + port();
  }

  /**
   * Heals: everything passes, what was held first. Connections that have lost replies are closed,
   * since their next reply would be taken for that of an earlier command.
   */
  synchronized void pass() {
    switchTo(Mode.PASS);
    open.stream().filter(TcpProxyConnection::isLossy).forEach(TcpProxyConnection::close);
  }

  /** Commands reach the server and are executed, replies are swallowed. */
  void dropReplies() {
    switchTo(Mode.DROP_REPLIES);
  }

  /**
   * Connects and commands are taken and held, replies and ends of connections too. When it heals,
   * commands arrive even where the client has long given up, as in a real network.
   */
  void blackhole() {
    switchTo(Mode.BLACKHOLE);
  }

  /** Closes existing connections, and each new one as soon as it is made. */
  void refuse() {
    switchTo(Mode.REFUSE);
    cut();
  }

  /** Closes existing connections, once. */
  void cut() {
    open.forEach(TcpProxyConnection::close);
  }

  /**
   * The server executes the next command of this name and all that its connection sent before it,
   * but the client gets no reply: the connection is closed once the server is done.
   */
  void dropReplyOnce(String command) {
    unanswered.set(command.toUpperCase(Locale.ROOT));
  }

  /** The same for the next run of a script. */
  void dropReplyOnce(Script script) {
    unanswered.set(script);
  }

  /** How often each command, by its name in upper case, has been passed to the server. */
  Map<String, Integer> commands() {
    return new TreeMap<>(commands);
  }

  /** How often each script has been passed to the server by its hash, a test's variants too. */
  Map<Script, Integer> scripts() {
    return new TreeMap<>(scripts);
  }

  void forgetCommands() {
    commands.clear();
    scripts.clear();
  }

  /** Connections made by clients so far, those refused too. */
  int connections() {
    return connections.get();
  }

  int openConnections() {
    return open.size();
  }

  long bytesToServer() {
    return bytesToServer.sum();
  }

  long bytesToClients() {
    return bytesToClients.sum();
  }

  @Override
  public void close() {
    refuse();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void switchTo(Mode next) {
    mode = next;
    notifyAll();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        connections.incrementAndGet();
        TcpProxyConnection connection = new TcpProxyConnection(this, client);
        open.add(connection);
        if (mode == Mode.REFUSE) {
          connection.close();
        } else {
          connection.start(serverPort);
        }
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, "proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Waits while everything is held; a connection that is closed waits no longer. */
  synchronized void awaitPassing(TcpProxyConnection connection) throws InterruptedException {
    while (mode == Mode.BLACKHOLE && !connection.isClosed()) {
      wait();
    }
  }

  /** Counts the command; returns whether it is the one that must not be answered. */
  boolean passing(String command, int bytes) {
    String[] nameAndHash = command.split(" ", 2);
    Script script = nameAndHash.length == 1 ? null : SkewedRedis.script(nameAndHash[1]);
    commands.merge(nameAndHash[0], 1, Integer::sum);
    if (script != null) {
      scripts.merge(script, 1, Integer::sum);
    }
    bytesToServer.add(bytes);
    Object waitedFor = unanswered.get();
    return waitedFor != null
        && (waitedFor.equals(nameAndHash[0]) || waitedFor == script)
        && unanswered.compareAndSet(waitedFor, null);
  }

  /** Counts a reply; returns whether it may pass. */
  synchronized boolean passingReply(TcpProxyConnection connection, int bytes) {
    if (mode == Mode.DROP_REPLIES) {
      connection.lose();
    }
    if (connection.isLossy()) {
      return false;
    }
    bytesToClients.add(bytes);
    return true;
  }

  synchronized void closed(TcpProxyConnection connection) {
    open.remove(connection);
    notifyAll();
  }
}
