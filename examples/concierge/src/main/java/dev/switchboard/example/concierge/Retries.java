package dev.switchboard.example.concierge;

import dev.switchboard.session.SessionOpenException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;

/** How often each specialist's calls were retried. */
@Component
class Retries {

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  void add(String specialist, int retries) {
    counts.computeIfAbsent(specialist, name -> new LongAdder()).add(retries);
  }

  long of(String specialist) {
    LongAdder count = counts.get(specialist);
    return count == null ? 0 : count.sum();
  }

  /** How many retries preceded a call's last failure: it carries the earlier ones, suppressed. */
  static int before(Throwable last) {
    return (int) Stream.of(last.getSuppressed()).filter(Retries::isRetried).count();
  }

  /** A 404 among them is how a lost session was noticed; recovering it was no retry. */
  private static boolean isRetried(Throwable failure) {
    return failure instanceof SessionOpenException
        || (failure instanceof RestClientException
            && !(failure instanceof HttpClientErrorException.NotFound));
  }
}
