package dev.switchboard.autoconfigure;

import dev.switchboard.retry.RetryHeadersFilter;
import dev.switchboard.retry.RetryHeadersInterceptor;
import dev.switchboard.session.SessionHeaderFilter;
import dev.switchboard.session.SessionHeaderInterceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Auto-configuration of what HTTP requests tell of the calls that make them, in the builders of
 * {@code RestClient}, {@code RestTemplate} and {@code WebClient} that Boot configures, and so in
 * HTTP service clients: calls and attempts where {@code switchboard.http.enabled} is true, sessions
 * where {@code switchboard.specialists.<name>.session-header} is set.
 *
 * @since 0.1
 */
@AutoConfiguration
@ConditionalOnClass(RestClient.class)
@Import(SwitchboardPropertiesConfiguration.class)
public final class SwitchboardHttpAutoConfiguration {

  /** Creates the auto-configuration. */
  public SwitchboardHttpAutoConfiguration() {}

  /** The header of each specialist that has one, judged. */
  private static Map<String, String> headers(SwitchboardProperties properties) {
    Map<String, String> headers = new TreeMap<>();
    properties
        .specialists()
        .forEach(
            (name, specialist) -> {
              String header = specialist.sessionHeader();
              if (header != null) {
                headers.put(name, header);
              }
            });
    return headers;
  }

  private static <T> List<T> additions(
      SwitchboardProperties properties, T retries, Function<Map<String, String>, T> sessions) {
    List<T> additions = new ArrayList<>();
    if (properties.http().enabled()) {
      additions.add(retries);
    }
    headers(properties)
        .forEach(
            (name, header) ->
                additions.add(
                    PropertyRules.under(
                        "switchboard.specialists." + name,
                        () -> sessions.apply(Map.of(name, header)))));
    return additions;
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(RestClientCustomizer.class)
  static class BlockingClients {

    @Bean
    RestClientCustomizer switchboardRestClientCustomizer(SwitchboardProperties properties) {
      List<ClientHttpRequestInterceptor> interceptors = interceptors(properties);
      return client -> client.requestInterceptors(all -> all.addAll(interceptors));
    }

    @Bean
    RestTemplateCustomizer switchboardRestTemplateCustomizer(SwitchboardProperties properties) {
      List<ClientHttpRequestInterceptor> interceptors = interceptors(properties);
      return template -> {
        List<ClientHttpRequestInterceptor> all = new ArrayList<>(template.getInterceptors());
        all.addAll(interceptors);
        template.setInterceptors(all);
      };
    }

    private static List<ClientHttpRequestInterceptor> interceptors(
        SwitchboardProperties properties) {
      return additions(properties, new RetryHeadersInterceptor(), SessionHeaderInterceptor::new);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ClientHttpRequestFactoryBuilder.class)
  @ConditionalOnProperty("switchboard.http.enabled")
  static class BlockingClientsReadTimeouts {

    @Bean
    static DeadlineRequestFactories switchboardDeadlineRequestFactories() {
      return new DeadlineRequestFactories();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({WebClientCustomizer.class, WebClient.class})
  static class ReactiveClients {

    @Bean
    WebClientCustomizer switchboardWebClientCustomizer(SwitchboardProperties properties) {
      List<ExchangeFilterFunction> filters =
          additions(properties, new RetryHeadersFilter(), SessionHeaderFilter::new);
      return client -> client.filters(all -> all.addAll(filters));
    }
  }
}
