package dev.switchboard.redis;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One raw connection to a server on this machine, without anything a client library adds. */
final class RespConnection implements AutoCloseable {

  private final Socket socket = new Socket();
  private final InputStream in;

  /** Connects; no connect and no reply is waited for longer than {@code timeout}. */
  RespConnection(int port, Duration timeout) throws IOException {
    try {
      int millis = Math.toIntExact(timeout.toMillis());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(millis);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), millis);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends a command and reads its reply, see {@link Resp#readReply}. */
  @Nullable Object call(String... command) throws IOException {
    send(command);
    return read();
  }

  void send(String... command) throws IOException {
    socket.getOutputStream().write(Resp.command(command));
  }

  @Nullable Object read() throws IOException {
    return Resp.readReply(in);
  }

  /** Whether it is open and nothing comes within 200 ms. */
  boolean isSilent() throws IOException {
    int timeout = socket.getSoTimeout();
    socket.setSoTimeout(200);
    in.mark(1);
    try {
      in.read();
      in.reset();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } finally {
      socket.setSoTimeout(timeout);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
