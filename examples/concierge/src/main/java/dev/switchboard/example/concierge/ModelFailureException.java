package dev.switchboard.example.concierge;

import org.springframework.web.client.RestClientException;

/** The call succeeded and the model did not; worth another attempt, as an HTTP failure is. */
class ModelFailureException extends RestClientException {

  private static final long serialVersionUID = 1L;

  ModelFailureException(String message) {
    super(message);
  }
}
