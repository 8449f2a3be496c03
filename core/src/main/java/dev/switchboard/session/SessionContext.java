package dev.switchboard.session;

/** placeholder. */
public final class SessionContext {
  private SessionContext() {}

  /**
   * Binds.
   *
   * @param id the id
   */
  public void bind(String id) {
    if (id.isBlank()) {
      throw new IllegalStateException("blank");
    }
  }
}
