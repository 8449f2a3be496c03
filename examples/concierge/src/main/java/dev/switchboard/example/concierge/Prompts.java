package dev.switchboard.example.concierge;

import java.util.List;

/** The words around a tenant's message. */
final class Prompts {

  private static final int SHORT = 120;

  private Prompts() {}

  /**
   * The message for another attempt. An ADK server keeps the user's turn of a run that failed or
   * timed out, so that the specialist may see both messages and must know which one counts.
   */
  static String simplified(String message) {
    return "(This replaces my previous message, if you have one without an answer.) "
        + shortened(message);
  }

  static String withRecap(List<String> history, String prompt) {
    return history.isEmpty()
        ? prompt
        : "Our conversation so far:\n%s\n\n%s".formatted(String.join("\n", history), prompt);
  }

  static String shortened(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    if (line.length() <= SHORT) {
      return line;
    }
    int space = line.lastIndexOf(' ', SHORT);
    return line.substring(0, space > 0 ? space : SHORT) + " ...";
  }
}
