package dev.switchboard.retry;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import org.springframework.http.RequestEntity;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/** Spring's HTTP clients, each with what this library adds. */
enum HttpClients {
  REST_CLIENT_ON_JDK {
    @Override
    String post(URI uri, HttpHeaders headers) {
      return restClient(factory(new JdkClientHttpRequestFactory(JDK), HttpClients::jdk))
          .post()
          .uri(uri)
          .headers(all -> all.addAll(headers))
          .body("text")
          .retrieve()
          .requiredBody(String.class);
    }
  },
  REST_CLIENT_ON_URL_CONNECTION {
    @Override
    String post(URI uri, HttpHeaders headers) {
      return restClient(factory(new SimpleClientHttpRequestFactory(), HttpClients::simple))
          .post()
          .uri(uri)
          .headers(all -> all.addAll(headers))
          .body("text")
          .retrieve()
          .requiredBody(String.class);
    }
  },
  REST_TEMPLATE {
    @Override
    String post(URI uri, HttpHeaders headers) {
      RestTemplate template =
          new RestTemplate(factory(new JdkClientHttpRequestFactory(JDK), HttpClients::jdk));
      template.setInterceptors(List.of(new RetryHeadersInterceptor()));
      return Objects.requireNonNull(
          template
              .exchange(RequestEntity.post(uri).headers(headers).body("text"), String.class)
              .getBody());
    }
  },
  WEB_CLIENT {
    @Override
    String post(URI uri, HttpHeaders headers) {
      return Objects.requireNonNull(
          WebClient.builder()
              .clientConnector(new JdkClientHttpConnector(JDK))
              .filter(new RetryHeadersFilter())
              .build()
              .post()
              .uri(uri)
              .headers(all -> all.addAll(headers))
              .bodyValue("text")
              .retrieve()
              .bodyToMono(String.class)
              .block());
    }
  };

  private static final HttpClient JDK = HttpClient.newHttpClient();

  abstract String post(URI uri, HttpHeaders headers);

  private static RestClient restClient(ClientHttpRequestFactory factory) {
    return RestClient.builder()
        .requestFactory(factory)
        .requestInterceptor(new RetryHeadersInterceptor())
        .build();
  }

  private static ClientHttpRequestFactory factory(
      ClientHttpRequestFactory unlimited, Function<Duration, ClientHttpRequestFactory> limited) {
    return new DeadlineRequestFactory(unlimited, limited);
  }

  private static ClientHttpRequestFactory jdk(Duration left) {
    JdkClientHttpRequestFactory factory = new JdkClientHttpRequestFactory(JDK);
    factory.setReadTimeout(left);
    return factory;
  }

  private static ClientHttpRequestFactory simple(Duration left) {
    SimpleClientHttpRequestFactory factory = new SimpleClientHttpRequestFactory();
    factory.setReadTimeout(left);
    return factory;
  }
}
