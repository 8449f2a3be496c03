package dev.switchboard.autoconfigure;

import dev.switchboard.connector.AdkConnector;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration of an {@link AdkConnector} for each specialist that has {@code
 * switchboard.specialists.<name>.adk.*}. A connector bean of the application's own that is named or
 * qualified for the specialist is used instead.
 *
 * @since 0.1
 */
@AutoConfiguration
@ConditionalOnClass({AdkConnector.class, RestClient.class})
@Import({AdkConnectorRegistrar.class, SwitchboardPropertiesConfiguration.class})
public final class AdkConnectorAutoConfiguration {

  /** Creates the auto-configuration. */
  public AdkConnectorAutoConfiguration() {}
}
