package dev.switchboard.session;

import dev.switchboard.Setting;
import java.util.List;

/**
 * What holds for one specialist.
 *
 * @param limits bound and expiry of its sessions
 * @param settings these and all else that is set, each with its origin
 */
record SettledSettings(SessionLimits limits, List<Setting> settings) {}
