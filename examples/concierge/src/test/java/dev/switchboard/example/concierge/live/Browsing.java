package dev.switchboard.example.concierge.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests a new page of one browser, or skips them where no browser is installed. */
final class Browsing implements ExecutionCondition, ParameterResolver {

  private static final Optional<Path> PROGRAM = Chromium.find();

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return PROGRAM
        .map(program -> ConditionEvaluationResult.enabled("found " + program))
        .orElseGet(
            () ->
                ConditionEvaluationResult.disabled(
                    "No Chromium on the PATH: install Debian's package chromium to test the page"));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == BrowserPage.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(Browsing.class))
        .computeIfAbsent(Chromium.class, type -> start(), Chromium.class)
        .newPage();
  }

  private static Chromium start() {
    // A page takes its time on a machine that is shared.
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    try {
      return Chromium.start(PROGRAM.orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
