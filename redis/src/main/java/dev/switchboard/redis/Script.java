package dev.switchboard.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The scripts that run in Redis; each is {@code common.lua} and a file of its name. */
enum Script {
  ACQUIRE,
  RENEW,
  PUBLISH,
  FAIL,
  EVICT,
  EVICT_ALL,
  TOUCH,
  TRIM,
  REAP,
  CLOSED,
  PROBE;

  private final String text;
  private final String sha;

  Script() {
    text =
        read("common") + "\n" + read(name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    sha = sha1(text);
  }

  String text() {
    return text;
  }

  String sha() {
    return sha;
  }

  private static String read(String name) {
    try (InputStream file = Script.class.getResourceAsStream(name + ".lua")) {
      if (file == null) {
        throw new IllegalStateException("this library's jar has no " + name + ".lua");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name that Redis gives a script. */
  static String sha1(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
