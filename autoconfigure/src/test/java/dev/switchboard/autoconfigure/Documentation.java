package dev.switchboard.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pages that users read, and the blocks of code in them. */
final class Documentation {

  static final Path ROOT = Path.of("..");
  static final Path README = ROOT.resolve("README.md");
  static final Path GUIDES = ROOT.resolve("docs");

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");

  private static final Pattern METER = Pattern.compile("(?m)^\\| `(switchboard\\.[a-z.]+)` \\|");

  /**
   * A block of code.
   *
   * @param page the file
   * @param line where its text begins, from 1
   * @param language what stands behind the opening fence
   * @param text what stands between the fences
   */
  record Block(Path page, long line, String language, String text) {

    @Override
    public String toString() {
      return ROOT.relativize(page) + ":" + line;
    }
  }

  private Documentation() {}

  /** All Markdown files of the root directory and the guides. */
  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> files = Files.list(ROOT)) {
      files.filter(Documentation::isPage).sorted().forEach(pages::add);
    }
    pages.addAll(guides());
    return pages;
  }

  static List<Path> guides() throws IOException {
    try (Stream<Path> files = Files.walk(GUIDES)) {
      return files.filter(Documentation::isPage).sorted().toList();
    }
  }

  private static boolean isPage(Path file) {
    return file.toString().endsWith(".md");
  }

  /** The blocks of a language on all pages. */
  static List<Block> blocks(String language) throws IOException {
    List<Block> blocks = new ArrayList<>();
    for (Path page : pages()) {
      blocks(page).stream().filter(block -> block.language().equals(language)).forEach(blocks::add);
    }
    return blocks;
  }

  static List<Block> blocks(Path page) throws IOException {
    String text = Files.readString(page);
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      long line = text.substring(0, matcher.start(2)).lines().count() + 1;
      blocks.add(new Block(page, line, matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  /** The names of meters, which look like those of properties. */
  static Set<String> meters() throws IOException {
    return METER
        .matcher(Files.readString(GUIDES.resolve("meters.md")))
        .results()
        .map(meter -> meter.group(1))
        .collect(Collectors.toSet());
  }

  /** A page's text without its blocks of code. */
  static String prose(Path page) throws IOException {
    return BLOCK.matcher(Files.readString(page)).replaceAll("");
  }
}
