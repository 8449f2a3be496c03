package dev.switchboard.redis;

/**
 * Turns what a stored session says (its id, specialist, tenant and further parts) into what is kept
 * in Redis and back, such as by encrypting it. Must be safe for use by several threads and quick,
 * without remote calls: it runs on the threads that talk to Redis. All processes that share
 * sessions need codecs that read each other's.
 *
 * @since 0.1
 */
public interface SessionCodec {

  /**
   * Encodes a session.
   *
   * @param plain what it says
   * @return what is stored, at most 40 KiB
   */
  byte[] encode(byte[] plain);

  /**
   * Decodes a session. What cannot be decoded is taken for no session, and replaced by the next
   * call that needs it.
   *
   * @param stored what {@link #encode} has returned, perhaps in another process, or anything else
   * @return what the session says
   * @throws Exception if {@code stored} cannot be decoded
   */
  byte[] decode(byte[] stored) throws Exception;
}
