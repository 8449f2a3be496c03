package dev.switchboard.example.concierge;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One event of a run, as far as the concierge reads it. */
record AdkEvent(@Nullable Content content, @Nullable String errorCode) {

  record Content(@Nullable List<Part> parts) {}

  record Part(@Nullable String text) {}

  /** What it says; empty for calls of tools and the like. */
  String text() {
    if (content == null || content.parts() == null) {
      return "";
    }
    return content.parts().stream()
        .map(Part::text)
        .filter(Objects::nonNull)
        .collect(Collectors.joining());
  }
}
