package dev.switchboard.redis;

import dev.switchboard.session.SessionKey;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Names of sessions in Redis: a hash of the tenant, a dot, and a full SHA-256 of the key. Sorted,
 * they stand together by tenant.
 */
final class Fields {

  private static final int TENANT_BYTES = 16;

  private interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private Fields() {}

  static String of(SessionKey key) {
    return ofTenant(key.tenant()) + "." + text(hash(out -> StoredSession.writeKey(out, key)));
  }

  static String ofTenant(@Nullable String tenant) {
    byte[] hash = hash(out -> StoredSession.writeTenant(out, tenant));
    return text(Arrays.copyOf(hash, TENANT_BYTES));
  }

  private static byte[] hash(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      content.writeTo(out);
      return MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String text(byte[] hash) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }
}
