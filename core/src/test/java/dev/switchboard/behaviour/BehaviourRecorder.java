package dev.switchboard.behaviour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Writes a line for each behaviour to the file of this build, which the matrix is made of. */
final class BehaviourRecorder implements AfterTestExecutionCallback {

  /** One behaviour as it turned out. */
  record Line(String form, String advice, int jdk, String behaviour, boolean kept) {

    static Line parse(String text) {
      String[] cells = text.split("\t", -1);
      return new Line(
          cells[0], cells[1], Integer.parseInt(cells[2]), cells[3], Boolean.parseBoolean(cells[4]));
    }

    @Override
    public String toString() {
      return String.join("\t", form, advice, String.valueOf(jdk), behaviour, String.valueOf(kept));
    }
  }

  /** The file of this build, or null where no build asks for one. */
  static @Nullable Path file() {
    String run = System.getProperty("behaviour.run");
    return run == null ? null : Path.of("target", "behaviour", run + ".tsv");
  }

  @Override
  public void afterTestExecution(ExtensionContext context) throws IOException {
    Path file = file();
    if (file != null) {
      BehaviourSuite suite = (BehaviourSuite) context.getRequiredTestInstance();
      Line line =
          new Line(
              suite.form.name(),
              suite.advice.toString(),
              Runtime.version().feature(),
              context.getRequiredTestMethod().getName(),
              context.getExecutionException().isEmpty());
      Files.createDirectories(file.getParent());
      Files.write(
          file, List.of(line.toString()), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }
}
