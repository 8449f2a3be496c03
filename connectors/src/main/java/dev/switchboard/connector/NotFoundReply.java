package dev.switchboard.connector;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the body of a 404 says. Read as text, since failures come with and without a JSON library
 * that could parse them.
 */
final class NotFoundReply {

  /** A sentence of its own, not the end of another one, and what follows it in the same string. */
  private static final Pattern UNKNOWN_SESSION =
      Pattern.compile(
          "(?:^|[\".:])\\s*session not found\\b([^\"\\r\\n]*)", Pattern.CASE_INSENSITIVE);

  /** Any text that says more than the status does, as a wrong route's or an unknown app's. */
  private static final Pattern OTHER_REASON =
      Pattern.compile(
          "\"(?:message|detail)\"\\s*:\\s*\"\\s*[^\"\\s]"
              + "|\"error\"\\s*:\\s*\"(?!not found\")\\s*[^\"\\s]",
          Pattern.CASE_INSENSITIVE);

  private NotFoundReply() {}

  /**
   * Whether a 404 from anywhere says that this session is unknown: {@code Session not found}, with
   * no id or with this one. A page, another id or {@code undefined} is not.
   */
  static boolean namesSession(String body, String id) {
    String text = body.strip();
    if (text.startsWith("<") || text.length() >= BoundedReplies.MAX_BYTES) {
      return false;
    }
    Matcher sentence = UNKNOWN_SESSION.matcher(text);
    while (sentence.find()) {
      if (isOf(id, sentence.group(1).strip())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a 404 to {@code GET} of a session comes from that route. Besides the sentence, this is
   * an empty body or JSON that gives no reason, as Spring Boot's error body by default.
   */
  static boolean isOfSessionRoute(String body, String id) {
    String text = body.strip();
    return namesSession(text, id)
        || text.isEmpty()
        || (text.startsWith("{")
            && text.length() < BoundedReplies.MAX_BYTES
            && !OTHER_REASON.matcher(text).find());
  }

  private static boolean isOf(String id, String rest) {
    return rest.isEmpty()
        || ".!,;".indexOf(rest.charAt(0)) >= 0
        || Pattern.compile("(?<![\\w-])" + Pattern.quote(id) + "(?![\\w-])").matcher(rest).find();
  }
}
