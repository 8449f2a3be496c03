package dev.switchboard.session;

import java.util.List;

/**
 * How one method uses its sessions; what belongs to the specialist is in {@link SessionSettings}.
 *
 * @param exclusive whether calls that say so run one at a time on one session, in order of arrival
 * @param lostOn failures that mean that the session is lost, causes included
 * @since 0.1
 */
public record SessionPolicy(boolean exclusive, List<Class<? extends Throwable>> lostOn) {

  /** Not exclusive; lost is what the connector or a {@link SessionLostException} calls lost. */
  public static final SessionPolicy DEFAULT = new SessionPolicy(false, List.of());

  /**
   * Creates a policy.
   *
   * @param exclusive whether calls queue
   * @param lostOn exception types, may be empty
   */
  public SessionPolicy {
    lostOn = List.copyOf(lostOn);
  }
}
