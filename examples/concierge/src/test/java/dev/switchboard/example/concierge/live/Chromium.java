package dev.switchboard.example.concierge.live;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** A headless Chromium of this machine, with a new profile. */
final class Chromium implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final String LISTENING = "DevTools listening on ";

  private final Path profile;
  private final Process process;
  private final DevTools tools;

  private Chromium(Path profile, Process process, DevTools tools) {
    this.profile = profile;
    this.process = process;
    this.tools = tools;
  }

  /** The browser's program, if there is one. */
  static Optional<Path> find() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start(Path program) throws IOException {
    Path profile =
        Files.createTempDirectory(
            Files.createDirectories(Path.of("target").toAbsolutePath()), "chromium");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(
        List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--force-color-profile=srgb",
            "--hide-scrollbars",
            "--remote-debugging-port=0",
            "--user-data-dir=" + profile,
            "about:blank"));
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try {
      URI address =
          CompletableFuture.supplyAsync(() -> address(process))
              .orTimeout(60, TimeUnit.SECONDS)
              .join();
      return new Chromium(profile, process, new DevTools(address));
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static URI address(Process process) {
    BufferedReader errors = process.errorReader();
    String address =
        errors
            .lines()
            .filter(line -> line.startsWith(LISTENING))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("Chromium ended before it listened"))
            .substring(LISTENING.length());
    // A full pipe would stop the browser.
    Thread reader = new Thread(() -> errors.lines().forEach(line -> {}), "chromium-errors");
    reader.setDaemon(true);
    reader.start();
    return URI.create(address);
  }

  BrowserPage newPage() {
    String target =
        tools
            .send(null, "Target.createTarget", Map.of("url", "about:blank"))
            .path("targetId")
            .asString();
    String session =
        tools
            .send(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .path("sessionId")
            .asString();
    return new BrowserPage(tools, target, session);
  }

  @Override
  public void close() {
    tools.close();
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().orTimeout(30, TimeUnit.SECONDS).join());
    try {
      FileSystemUtils.deleteRecursively(profile);
    } catch (IOException e) {
      // Something of the browser still writes; the folder is left to Maven's clean.
    }
  }
}
