package dev.switchboard.connector;

import dev.switchboard.session.SessionKey;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The user id that stands for a session key: different keys of a specialist never share one, and
 * none needs an escape that a server or proxy could decode once too often.
 */
final class AdkUser {

  private static final char ESCAPE = '~';
  private static final char SEPARATOR = ':';
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private AdkUser() {}

  static String of(SessionKey key) {
    StringBuilder user = new StringBuilder();
    String tenant = key.tenant();
    if (tenant == null) {
      user.append(ESCAPE); // what no tenant starts with: two digits would have to follow
    } else {
      append(user, tenant);
    }
    for (String part : key.parts()) {
      append(user.append(SEPARATOR), part);
    }
    return user.toString();
  }

  private static void append(StringBuilder user, String part) {
    boolean dots = part.equals(".") || part.equals("..");
    ByteBuffer bytes = utf8(part);
    while (bytes.hasRemaining()) {
      byte b = bytes.get();
      if (isPlain(b) && !dots) {
        user.append((char) b);
      } else {
        user.append(ESCAPE).append(HEX.toHexDigits(b));
      }
    }
  }

  private static ByteBuffer utf8(String part) {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(part));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "a tenant or part of a session key must not have unpaired surrogates");
    }
  }

  private static boolean isPlain(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '.'
        || b == '_'
        || b == '-'
        || b == '@';
  }
}
