package dev.switchboard.autoconfigure;

import dev.switchboard.connector.AdkConnector;
import dev.switchboard.connector.AdkConnectorBuilder;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.web.client.RestClient;

/** Makes a specialist's connector from its properties. */
final class ConfiguredAdkConnector {

  private ConfiguredAdkConnector() {}

  static AdkConnector create(
      String specialist,
      SwitchboardProperties properties,
      ObjectProvider<RestClient.Builder> restClient) {
    SwitchboardProperties.Adk adk =
        Objects.requireNonNull(
            Objects.requireNonNull(properties.specialists().get(specialist)).adk());
    AdkConnectorBuilder connector = AdkConnector.builder();
    restClient.ifUnique(connector::restClient);
    PropertyMapper map = PropertyMapper.get();
    map.from(adk::baseUrl).to(connector::baseUrl);
    connector.app(adk.app() != null ? adk.app() : specialist);
    map.from(adk::connectTimeout).to(connector::connectTimeout);
    map.from(adk::readTimeout).to(connector::readTimeout);
    map.from(adk::probeTimeout).to(connector::probeTimeout);
    return PropertyRules.under("switchboard.specialists." + specialist + ".adk", connector::build);
  }
}
