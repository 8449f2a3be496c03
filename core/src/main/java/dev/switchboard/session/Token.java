package dev.switchboard.session;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Names one opening of a session, 128 random bits. Sessions are compared by it, never by the text
 * of their id: a specialist may give an id twice.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 * @since 0.1
 */
public record Token(long high, long low) {

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Draws a token.
   *
   * @return a token that no other opening has
   */
  public static Token random() {
    byte[] bytes = new byte[2 * Long.BYTES];
    RANDOM.nextBytes(bytes);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Token(buffer.getLong(), buffer.getLong());
  }
}
