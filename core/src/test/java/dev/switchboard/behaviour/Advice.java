package dev.switchboard.behaviour;

/** How calls come to their session and their retries. */
enum Advice {
  CLASS_PROXY("class proxy"),
  INTERFACE_PROXY("interface proxy"),
  WOVEN("woven aspect"),
  NONE("no annotation");

  private final String label;

  Advice(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
