package dev.switchboard.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What a server keeps of the one specialist of {@link Instance}s, as anybody may see it there. */
record StoredContent(RedisServerProcess server) {

  /** Leaves sessions as they are. */
  static final SessionCodec PLAIN =
      new SessionCodec() {
        @Override
        public byte[] encode(byte[] plain) {
          return plain;
        }

        @Override
        public byte[] decode(byte[] stored) {
          return stored;
        }
      };

  static String key(String name) {
    return "switchboard:{application:crmdesk:0}:" + name;
  }

  /** The ids of the sessions stored; fails where one cannot be read. */
  Set<String> ids() {
    Set<String> ids = new HashSet<>();
    for (Object record :
        (List<?>) Objects.requireNonNull(server.command("HVALS", key("sessions")))) {
      byte[] bytes = ((String) record).getBytes(ISO_8859_1);
      ids.add(Objects.requireNonNull(StoredSession.read(bytes, PLAIN)).id());
    }
    return ids;
  }

  long sessions() {
    return (Long) Objects.requireNonNull(server.command("HLEN", key("sessions")));
  }

  /** How many are still to be closed. */
  long closing() {
    return (Long) Objects.requireNonNull(server.command("ZCARD", key("closing")));
  }

  long leases() {
    return (Long) Objects.requireNonNull(server.command("HLEN", key("leases")));
  }
}
