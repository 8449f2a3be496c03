package dev.switchboard.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The Redis protocol (RESP2), as much of it as tests need. One character of text is one byte. */
final class Resp {

  private Resp() {}

  static byte[] command(String... arguments) {
    StringBuilder text = new StringBuilder("*" + arguments.length + "\r\n");
    for (String argument : arguments) {
      if (argument.chars().anyMatch(c -> c > 0xff)) {
        throw new IllegalArgumentException("One character must be one byte");
      }
      text.append('$').append(argument.length()).append("\r\n").append(argument).append("\r\n");
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  /**
   * Reads one reply.
   *
   * @return a String, a Long, a List of replies, or null
   * @throws IllegalStateException if it is an error
   */
  static @Nullable Object readReply(InputStream in) throws IOException {
    String line = readLine(in, new ByteArrayOutputStream());
    if (line == null) {
      throw new EOFException("The connection was closed instead of an answer");
    }
    String text = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> text;
      case '-' -> throw new IllegalStateException(text);
      case ':' -> Long.valueOf(text);
      case '$' -> readBulk(in, Integer.parseInt(text));
      case '*' -> readList(in, Integer.parseInt(text));
      default -> throw new IOException("Not a reply: " + line);
    };
  }

  private static @Nullable String readBulk(InputStream in, int length) throws IOException {
    return length < 0 ? null : new String(readExactly(in, length + 2), 0, length, ISO_8859_1);
  }

  private static @Nullable List<@Nullable Object> readList(InputStream in, int size)
      throws IOException {
    if (size < 0) {
      return null;
    }
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(readReply(in));
    }
    return list;
  }

  /**
   * Reads one command as a client sends it.
   *
   * @param raw gets its bytes
   * @return its name in upper case, a script's hash after it, or null where the client has ended
   */
  static @Nullable String readCommand(InputStream in, ByteArrayOutputStream raw)
      throws IOException {
    String line = readLine(in, raw);
    if (line == null) {
      return null;
    }
    String name = line;
    int arguments = line.startsWith("*") ? Integer.parseInt(line.substring(1)) : 0;
    for (int i = 0; i < arguments; i++) {
      String header = readLine(in, raw);
      if (header == null) {
        throw new EOFException("The client ended within a command");
      }
      int length = Integer.parseInt(header.substring(1));
      byte[] argument = readExactly(in, length + 2);
      raw.write(argument);
      if (i == 0) {
        name = new String(argument, 0, length, ISO_8859_1).toUpperCase(Locale.ROOT);
      } else if (i == 1 && name.equals("EVALSHA")) {
        name += " " + new String(argument, 0, length, ISO_8859_1);
      }
    }
    return name;
  }

  private static @Nullable String readLine(InputStream in, ByteArrayOutputStream raw)
      throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      raw.write(next);
      line.append((char) next);
      if (next == '\n') {
        return line.substring(0, line.length() - 2);
      }
    }
    if (line.isEmpty()) {
      return null;
    }
    throw new EOFException("The connection ended within a line");
  }

  private static byte[] readExactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("The connection ended within a value");
    }
    return bytes;
  }
}
