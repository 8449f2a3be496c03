package dev.switchboard.redis;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts sessions with AES-256 in Galois/Counter mode: a byte that says which key, a nonce of 96
 * random bits, and the ciphertext with its tag of 128 bits. To exchange a key, first let all
 * processes know the new one, then let them encrypt with it, and forget the old one when the ttl
 * has passed.
 */
final class AesGcmCodec implements SessionCodec {

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecureRandom random = new SecureRandom();
  private final Map<Byte, SecretKeySpec> keys = new TreeMap<>();
  private final byte current;

  /**
   * Creates a codec.
   *
   * @param keys keys of 32 bytes by their ids
   * @param current the id of the key to encrypt with
   */
  AesGcmCodec(Map<Byte, byte[]> keys, byte current) {
    keys.forEach(
        (id, key) -> {
          if (key.length != 32) {
            throw new IllegalArgumentException("a key must have 32 bytes but has " + key.length);
          }
          this.keys.put(id, new SecretKeySpec(key, "AES"));
        });
    this.current = current;
    if (!keys.containsKey(current)) {
      throw new IllegalArgumentException("there is no key " + current);
    }
  }

  @Override
  public byte[] encode(byte[] plain) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] secret = cipher(Cipher.ENCRYPT_MODE, current, nonce, 0).doFinal(plain);
      byte[] stored = new byte[1 + NONCE_BYTES + secret.length];
      stored[0] = current;
      System.arraycopy(nonce, 0, stored, 1, NONCE_BYTES);
      System.arraycopy(secret, 0, stored, 1 + NONCE_BYTES, secret.length);
      return stored;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a session could not be encrypted", e);
    }
  }

  @Override
  public byte[] decode(byte[] stored) throws GeneralSecurityException {
    int head = 1 + NONCE_BYTES;
    if (stored.length < head || !keys.containsKey(stored[0])) {
      throw new GeneralSecurityException("not encrypted with a key known");
    }
    return cipher(Cipher.DECRYPT_MODE, stored[0], stored, 1)
        .doFinal(stored, head, stored.length - head);
  }

  private Cipher cipher(int mode, byte key, byte[] nonce, int offset)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, keys.get(key), new GCMParameterSpec(TAG_BITS, nonce, offset, NONCE_BYTES));
    // So that it can be told from what the same key encrypts elsewhere.
    cipher.updateAAD(new byte[] {'s', key});
    return cipher;
  }
}
