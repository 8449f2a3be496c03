package dev.switchboard.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;

/** The server that tests start: {@code -Dredis.binary=}, else the one on the class path. */
final class RedisBinary {

  /** Taken out of its jar once, into the folder of the build. */
  static final Path PATH = find();

  private RedisBinary() {}

  private static Path find() {
    String given = System.getProperty("redis.binary", "");
    return given.isEmpty() ? extract("redis-server-7.0.15-" + os() + "-" + arch()) : Path.of(given);
  }

  private static Path extract(String name) {
    try (InputStream in = RedisBinary.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalStateException("No " + name + " here, use -Dredis.binary=/path");
      }
      URI classes = RedisBinary.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      Path target = Path.of(classes).resolveSibling(name);
      if (!Files.exists(target)) {
        Path file = Files.createTempFile(target.getParent(), name, "");
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String os() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name;
  }

  private static String arch() {
    String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return switch (name) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      case "x86", "i386" -> "386";
      default -> name;
    };
  }
}
