package dev.switchboard.redis;

import dev.switchboard.session.SessionKey;
import dev.switchboard.session.Token;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A session as text: fixed columns that scripts read (see {@code common.lua}) and a payload, which
 * is the Base64 of what the codec makes of the id and the parts of the key, each with its length.
 *
 * @param key whose conversation
 * @param id its id
 * @param token the opening it comes from
 * @param used whether an invocation on it has completed
 * @param learned whether a reply named the id
 */
record StoredSession(SessionKey key, String id, Token token, boolean used, boolean learned) {

  private static final int MAX_LENGTH = 65_536;
  private static final int MAX_ID_BYTES = 4096;
  private static final int USED_COLUMN = 1;
  private static final int TOKEN_COLUMN = 3;
  private static final int TOKEN_LENGTH = 32;
  private static final Pattern TEXT =
      Pattern.compile("1([FU])([OL])([0-9a-f]{16})([0-9a-f]{16})[0-9]{15}([A-Za-z0-9_-]+)");

  static String payload(SessionKey key, String id, SessionCodec codec) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(id);
      writeKey(out, key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String payload =
        Base64.getUrlEncoder().withoutPadding().encodeToString(codec.encode(bytes.toByteArray()));
    if (payload.length() > MAX_LENGTH - 64) {
      throw new IllegalArgumentException("a session's key and id are too long to be shared");
    }
    return payload;
  }

  /** Writes all that makes a key what it is; no two keys come out alike. */
  static void writeKey(DataOutputStream out, SessionKey key) throws IOException {
    out.writeUTF(canonical(key.specialist()));
    writeTenant(out, key.tenant());
    out.writeInt(key.parts().size());
    for (String part : key.parts()) {
      out.writeUTF(part);
    }
  }

  static void writeTenant(DataOutputStream out, @Nullable String tenant) throws IOException {
    out.writeBoolean(tenant != null);
    if (tenant != null) {
      // Unlike the usual encoders this one keeps apart what has unpaired surrogates.
      out.writeUTF(tenant);
    }
  }

  /** The name that all ways to write a specialist's name have in common. */
  static String canonical(String specialist) {
    return specialist.replace("-", "");
  }

  /** Reads what is stored, or returns null where that is no session of this version. */
  static @Nullable StoredSession read(byte[] stored, SessionCodec codec) {
    if (stored.length > MAX_LENGTH) {
      return null;
    }
    Matcher columns = TEXT.matcher(new String(stored, StandardCharsets.ISO_8859_1));
    if (!columns.matches()) {
      return null;
    }
    try {
      byte[] plain = codec.decode(Base64.getUrlDecoder().decode(columns.group(5)));
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(plain));
      String id = in.readUTF();
      SessionKey key = readKey(in);
      if (!isId(id) || in.read() >= 0) {
        return null;
      }
      Token token = token(columns.group(3) + columns.group(4));
      return new StoredSession(
          key, id, token, columns.group(1).equals("U"), columns.group(2).equals("L"));
    } catch (Exception e) {
      // Not ours, or damaged: as good as absent. What it says must not reach a log.
      return null;
    }
  }

  /** Whether what is stored comes from this opening. */
  static boolean isOf(byte[] stored, Token opening) {
    return stored.length > TOKEN_COLUMN + TOKEN_LENGTH
        && stored[0] == '1'
        && new String(stored, TOKEN_COLUMN, TOKEN_LENGTH, StandardCharsets.ISO_8859_1)
            .equals(text(opening));
  }

  /** Whether an invocation has completed on what is stored. */
  static boolean isUsed(byte[] stored) {
    return stored[USED_COLUMN] == 'U';
  }

  /** The rule of ids that connectors give, which whoever can write to Redis may not know. */
  private static boolean isId(String id) {
    return !id.isBlank()
        && id.chars().noneMatch(Character::isISOControl)
        && id.getBytes(StandardCharsets.UTF_8).length <= MAX_ID_BYTES;
  }

  private static SessionKey readKey(DataInputStream in) throws IOException {
    String specialist = in.readUTF();
    String tenant = in.readBoolean() ? in.readUTF() : null;
    List<String> parts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      parts.add(in.readUTF());
    }
    String[] further = parts.toArray(String[]::new);
    return tenant == null
        ? SessionKey.withoutTenant(specialist, further)
        : SessionKey.of(specialist, tenant, further);
  }

  static String text(Token token) {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(token.high()) + hex.toHexDigits(token.low());
  }

  static Token token(String text) {
    return new Token(
        Long.parseUnsignedLong(text.substring(0, 16), 16),
        Long.parseUnsignedLong(text.substring(16), 16));
  }

  /** Leaves out the id. */
  @Override
  public String toString() {
    return "StoredSession[" + key + "]";
  }
}
