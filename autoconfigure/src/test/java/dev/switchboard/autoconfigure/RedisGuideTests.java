package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.redis.SessionCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The codec that the guide shows encrypts, and notices what has been tampered with. */
class RedisGuideTests {

  private static final byte[] PLAIN = "a secret id".getBytes(StandardCharsets.UTF_8);

  private static SessionCodec codec(GuideClasses guide, int key) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) key;
    return (SessionCodec) guide.make("AesGcmCodec", Base64.getEncoder().encodeToString(bytes));
  }

  @Test
  void codecOfTheGuideEncrypts(@TempDir Path classes) throws Exception {
    try (GuideClasses guide = GuideClasses.of("redis.md", classes)) {
      SessionCodec codec = codec(guide, 1);
      byte[] stored = codec.encode(PLAIN);
      assertThat(new String(stored, StandardCharsets.ISO_8859_1)).doesNotContain("secret");
      assertThat(codec.encode(PLAIN)).as("a nonce of its own").isNotEqualTo(stored);
      assertThat(codec.decode(stored)).isEqualTo(PLAIN);
    }
  }

  @Test
  void codecOfTheGuideRefusesWhatItHasNotWritten(@TempDir Path classes) throws IOException {
    try (GuideClasses guide = GuideClasses.of("redis.md", classes)) {
      byte[] stored = codec(guide, 1).encode(PLAIN);
      assertThatThrownBy(() -> codec(guide, 2).decode(stored)).isInstanceOf(Exception.class);
      stored[stored.length - 1]++;
      assertThatThrownBy(() -> codec(guide, 1).decode(stored)).isInstanceOf(Exception.class);
      assertThatThrownBy(() -> codec(guide, 1).decode(new byte[3])).isInstanceOf(Exception.class);
    }
  }
}
