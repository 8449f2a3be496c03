package dev.switchboard.redis;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** One client of a {@link TcpProxy} and its connection to the server. */
final class TcpProxyConnection {

  private final TcpProxy proxy;
  private final Socket client;
  private final Socket server = new Socket();
  private volatile boolean lossy;
  private volatile boolean ending;

  TcpProxyConnection(TcpProxy proxy, Socket client) {
    this.proxy = proxy;
    this.client = client;
  }

  void start(int serverPort) {
    TcpProxy.daemon("commands", () -> commands(serverPort));
  }

  private void commands(int serverPort) {
    try {
      proxy.awaitPassing(this);
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort), 5_000);
      server.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      TcpProxy.daemon("replies", this::replies);
      passCommands();
    } catch (IOException e) {
      end();
    } catch (InterruptedException e) {
      close();
    }
  }

  private void passCommands() throws IOException, InterruptedException {
    InputStream in = new BufferedInputStream(client.getInputStream());
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    while (true) {
      String command = Resp.readCommand(in, raw);
      if (command == null) {
        end();
        return;
      }
      proxy.awaitPassing(this);
      boolean last = proxy.passing(command, raw.size());
      ending = last;
      raw.writeTo(server.getOutputStream());
      raw.reset();
      if (last) {
        // The server executes all it got before it sees the end, and only then ends the replies.
        server.shutdownOutput();
        return;
      }
    }
  }

  private void replies() {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = server.getInputStream();
      for (int size = in.read(buffer); size >= 0; size = in.read(buffer)) {
        proxy.awaitPassing(this);
        if (!ending && proxy.passingReply(this, size)) {
          client.getOutputStream().write(buffer, 0, size);
        }
      }
      end();
    } catch (IOException e) {
      end();
    } catch (InterruptedException e) {
      close();
    }
  }

  /** From now on its replies are swallowed. */
  void lose() {
    lossy = true;
  }

  boolean isLossy() {
    return lossy;
  }

  boolean isClosed() {
    return client.isClosed();
  }

  /** One side has ended: the other learns it when it would learn it through the network. */
  private void end() {
    try {
      proxy.awaitPassing(this);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  void close() {
    try {
      client.close();
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      proxy.closed(this);
    }
  }
}
