package dev.switchboard.example.concierge.specialist;

/**
 * What a run has come to.
 *
 * @param status the HTTP status
 * @param text what the specialist says; its error's code where the model failed
 * @param modelFailed whether the model failed, which ADK reports with status 200
 */
public record Reply(int status, String text, boolean modelFailed) {

  static final Reply UNKNOWN_SESSION = new Reply(404, "Session not found", false);
  static final Reply MODEL_FAILURE = new Reply(200, "MODEL_OVERLOADED", true);

  static Reply of(String text) {
    return new Reply(200, text, false);
  }

  static Reply failure(int status) {
    return new Reply(status, "The specialist is not well", false);
  }

  public boolean isAnswer() {
    return status == 200 && !modelFailed;
  }
}
