package dev.midifleet.common.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.midifleet.common.config.SettingException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthEndpointTest {
  @Test
  void it_answers_200_while_all_is_well_and_503_with_the_reasons_while_not() throws Exception {
    var health = new AtomicReference<>(new Health("running", List.of()));
    try (var endpoint = HealthEndpoint.open("127.0.0.1:0", health::get); var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + "/health")).build();
      var well = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(well.statusCode()).isEqualTo(200);
      assertThat(well.body()).isEqualTo("{\"state\":\"running\",\"problems\":[]}");
      health.set(new Health("paused", List.of("the database is away: no answer")));
      var ill = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(ill.statusCode()).isEqualTo(503);
      assertThat(ill.body()).isEqualTo("{\"state\":\"paused\",\"problems\":[\"the database is away: no answer\"]}");
      assertThatExceptionOfType(SettingException.class)
          .isThrownBy(() -> HealthEndpoint.open("127.0.0.1:" + endpoint.port(), health::get))
          .withMessageContaining("nobody can listen");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"8080", "host:", "host:port", "127.0.0.1:70000", "no such host:80"})
  void an_address_that_is_none_is_refused(String address) {
    assertThatExceptionOfType(SettingException.class).isThrownBy(() -> HealthEndpoint.open(address, () -> {
      throw new AssertionError("nobody asks");
    })).withMessageContaining("MIDIFLEET_HEALTH");
  }
}
