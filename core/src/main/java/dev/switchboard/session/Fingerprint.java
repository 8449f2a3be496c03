package dev.switchboard.session;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Short hashes that let two log lines be seen to speak of the same key or session, and tell nothing
 * else: salted anew in every process.
 */
final class Fingerprint {

  private static final int BYTES = 6;
  private static final byte[] SALT = salt();

  private Fingerprint() {}

  private static byte[] salt() {
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    return salt;
  }

  static String of(SessionKey key) {
    MessageDigest digest = salted();
    add(digest, key.name().toString());
    add(digest, key.tenant());
    key.parts().forEach(part -> add(digest, part));
    return prefix(digest);
  }

  static String of(String id) {
    MessageDigest digest = salted();
    add(digest, id);
    return prefix(digest);
  }

  private static MessageDigest salted() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(SALT);
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** By characters: every charset takes two unpaired surrogates for the same. */
  private static void add(MessageDigest digest, @Nullable String text) {
    String known = text == null ? "" : text;
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + known.length() * Character.BYTES);
    bytes.putInt(text == null ? -1 : known.length());
    for (int i = 0; i < known.length(); i++) {
      bytes.putChar(known.charAt(i));
    }
    digest.update(bytes.flip());
  }

  private static String prefix(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
  }
}
