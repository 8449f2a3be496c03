package dev.switchboard.example.concierge;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A refusal, answered as problem JSON. */
final class Problem extends ErrorResponseException {

  private static final long serialVersionUID = 1L;

  private Problem(HttpStatus status, String detail, @Nullable Throwable cause) {
    super(status, ProblemDetail.forStatusAndDetail(status, detail), cause);
  }

  static Problem badInput(String rule) {
    return new Problem(HttpStatus.BAD_REQUEST, rule, null);
  }

  static Problem notFound(String what) {
    return new Problem(HttpStatus.NOT_FOUND, what, null);
  }

  static Problem unavailable(String specialist, Throwable cause) {
    return new Problem(
        HttpStatus.SERVICE_UNAVAILABLE,
        "%s does not answer at the moment; ask again later".formatted(specialist),
        cause);
  }
}
