package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvalidAdkPropertyTests {

  @Test
  void appWithoutServerStopsStartup() {
    Refusals.refuses("specialists.shop.adk.base-url must be set", "specialists.shop.adk.app=shop");
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://localhost",
    "localhost:8080",
    "/adk",
    "http://",
    "http://joe:s3cret@localhost",
    "s3cret:not a url"
  })
  void badUrlStopsStartupAndIsNotPrinted(String url) {
    Refusals.refuses(
        "specialists.shop.adk.base-url must be an absolute http or https URL"
            + " without credentials, query and fragment",
        "specialists.shop.adk.app=shop",
        "specialists.shop.adk.base-url=" + url);
  }

  @ParameterizedTest
  @CsvSource({
    "connect-timeout=0s, connect-timeout must be from 1ms to 1h but was 0s",
    "read-timeout=2h, read-timeout must be from 1ms to 1h but was 2h",
    "probe-timeout=3s, probe-timeout must be from 1ms to 2s but was 3s",
    "app=.., app must be a name but was '..'",
    "app=a/b, app must be a name but was 'a/b'"
  })
  void serverSettingStopsStartup(String property, String sentence) {
    Refusals.refuses(
        "specialists.shop.adk." + sentence,
        "specialists.shop.adk.base-url=http://localhost",
        "specialists.shop.adk.app=shop",
        "specialists.shop.adk." + property);
  }

  @Test
  void propertiesDoNotPrintTheirUrls() {
    assertThat(new SwitchboardProperties.Adk("http://joe:s3cret@localhost", "x", null, null, null))
        .asString()
        .doesNotContain("s3cret");
  }
}
