package dev.switchboard.example.concierge.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** The server's binary, which a jar on the class path carries for some systems. */
final class RedisBinary {

  private RedisBinary() {}

  /**
   * Puts the binary into a folder, unless it is there.
   *
   * @throws IllegalStateException if there is none for this system
   */
  static Path extractTo(Path folder) throws IOException {
    String name = "redis-server-7.0.15-" + os() + "-" + arch();
    Path binary = folder.resolve(name);
    if (Files.exists(binary)) {
      return binary;
    }
    try (InputStream in = RedisBinary.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalStateException(
            "There is no Redis for %s on %s here: start one yourself, and name it as in"
                    .formatted(os(), arch())
                + " --spring.data.redis.url=redis://127.0.0.1:6379");
      }
      Path file = Files.createTempFile(folder, name, "");
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      if (!file.toFile().setExecutable(true)) {
        throw new IOException("%s cannot be made executable".formatted(file));
      }
      return Files.move(file, binary, StandardCopyOption.ATOMIC_MOVE);
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
