package dev.switchboard.example.concierge.live;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What the concierge has said.
 *
 * @param where by which endpoint, or in the log
 * @param text what it was
 */
record Said(String where, String text) {

  /** Every id of the specialists in this process; names of problems are none. */
  private static final Pattern UUID =
      Pattern.compile("(?<!urn:uuid:)\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b");

  private static final List<String> MADE_UP =
      IntStream.range(0, Cast.size()).mapToObj(Cast::name).toList();

  /** Where the page is shown, and asks for, names of tenants who are made up. */
  private static final List<String> PAGE = List.of("GET /live", "POST /visitors/leave");

  boolean leaks() {
    return text.contains("canary-")
        || UUID.matcher(text).find()
        || (!where.equals("POST /ask") && text.contains(Gossip.REPLY))
        || (!PAGE.contains(where) && MADE_UP.stream().anyMatch(text::contains));
  }
}
