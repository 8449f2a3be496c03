package dev.switchboard.connector;

import io.micrometer.common.KeyValue;
import java.util.Objects;
import org.springframework.http.client.observation.ClientHttpObservationDocumentation.HighCardinalityKeyNames;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.http.client.observation.DefaultClientRequestObservationConvention;

/** Spring's convention, but for the URL: spans show its template, not tenant and session id. */
final class TemplateOnlyConvention extends DefaultClientRequestObservationConvention {

  @Override
  protected KeyValue requestUri(ClientRequestObservationContext context) {
    return KeyValue.of(
        HighCardinalityKeyNames.HTTP_URL,
        Objects.requireNonNullElse(context.getUriTemplate(), KeyValue.NONE_VALUE));
  }
}
