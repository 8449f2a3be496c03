package dev.switchboard.session;

import dev.switchboard.ConnectorWork;
import dev.switchboard.ThreadBindings;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/** Which header carries the id of a session with each specialist. */
final class SessionHeaders {

  /** RFC 9110's token; beyond ASCII there is none. */
  private static final String NAME = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";

  /** What every client sends as it is, and none refuses in a message that prints it. */
  private static final Pattern VALUE = Pattern.compile("[!-~]([ -~]*[!-~])?");

  private final Map<SpecialistName, String> names;

  SessionHeaders(Map<String, String> names) {
    Map<SpecialistName, String> checked = new HashMap<>();
    names.forEach((specialist, name) -> checked.put(SpecialistName.of(specialist), check(name)));
    this.names = Map.copyOf(checked);
  }

  private static String check(String name) {
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException(
          "sessionHeader must be the name of an HTTP header but was '" + name + "'");
    }
    return name;
  }

  /**
   * Adds the id of the session that this thread's innermost call has, unless that is with another
   * specialist or has ended, or a connector is at work for a call further in.
   */
  void addTo(HttpHeaders headers) {
    SessionContext context = SessionContext.currentOrNull();
    String name = context == null ? null : names.get(context.key().name());
    if (context == null || name == null || context.isEnded() || headers.containsHeader(name)) {
      return;
    }
    ThreadBindings around = ConnectorWork.around();
    String id = context.idOrNull();
    if (id != null && (around == null || SessionContext.in(around) != context)) {
      headers.set(name, check(context, name, id));
    }
  }

  private static String check(SessionContext context, String name, String id) {
    if (!VALUE.matcher(id).matches()) {
      throw new CallRefusedException(
          "the id of a session of specialist '%s' has characters that the header %s cannot carry"
              .formatted(context.key().specialist(), name),
          null);
    }
    return id;
  }
}
