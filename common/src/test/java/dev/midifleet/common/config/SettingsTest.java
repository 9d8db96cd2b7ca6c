package dev.midifleet.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir
  private Path folder;

  @Test
  void every_default_is_within_its_own_bounds() {
    Settings settings = Settings.of(Map.of());
    for (Setting setting : Setting.values()) {
      assertThat(settings.with(setting, setting.defaultValue()).text(setting)).isEqualTo(settings.text(setting));
      assertThat(settings.isGiven(setting)).as(setting.name()).isFalse();
    }
  }

  @Test
  void numbers_are_accepted_up_to_their_bounds_and_refused_beyond() {
    assertThat(of(Setting.SLOTS, "1").integer(Setting.SLOTS)).isEqualTo(1);
    assertThat(of(Setting.SLOTS, "64").integer(Setting.SLOTS)).isEqualTo(64);
    refused(Setting.SLOTS, "0", "MIDIFLEET_SLOTS is 0; it must be from 1 to 64");
    refused(Setting.SLOTS, "65", "MIDIFLEET_SLOTS is 65; it must be from 1 to 64");
    refused(Setting.SLOTS, "many", "MIDIFLEET_SLOTS is \"many\"; a number is wanted, such as 4, 500k or 16m");
    refused(Setting.SLOTS, "-1", "a number is wanted");
    refused(Setting.BATCH_BYTES, "999999999999999g", "it must be from 1048576 to 268435456");
  }

  @Test
  void sizes_have_units_of_1024() {
    assertThat(of(Setting.BATCH_BYTES, " 2m ").number(Setting.BATCH_BYTES)).isEqualTo(2L << 20);
    assertThat(of(Setting.BATCH_BYTES, "2048 KiB").number(Setting.BATCH_BYTES)).isEqualTo(2L << 20);
    assertThat(of(Setting.FILE_BYTES_MAX, "1G").number(Setting.FILE_BYTES_MAX)).isEqualTo(1L << 30);
    assertThat(of(Setting.FILE_BYTES_MAX, "4096").number(Setting.FILE_BYTES_MAX)).isEqualTo(4096);
  }

  @Test
  void durations_have_units_and_bounds() {
    assertThat(of(Setting.RELAY_INTERVAL, "500ms").duration(Setting.RELAY_INTERVAL)).isEqualTo(Duration.ofMillis(500));
    assertThat(of(Setting.DRAIN_TIMEOUT, "2 h").duration(Setting.DRAIN_TIMEOUT)).isEqualTo(Duration.ofHours(2));
    assertThat(of(Setting.DRAIN_TIMEOUT, "0s").duration(Setting.DRAIN_TIMEOUT)).isEqualTo(Duration.ZERO);
    refused(Setting.HEARTBEAT_INTERVAL, "21s", "MIDIFLEET_HEARTBEAT_INTERVAL holds 21s; it must be from 1s to 20s");
    refused(Setting.RELAY_INTERVAL, "0ms", "MIDIFLEET_RELAY_INTERVAL holds 0s; it must be from 10ms to 3600s");
    refused(Setting.CONFIRM_TIMEOUT, "10", "a duration is wanted, such as 500ms");
    refused(Setting.DRAIN_TIMEOUT, "999999999999d", "at most 36500d are accepted");
    refused(Setting.DRAIN_TIMEOUT, "999999999999m", "at most 36500d are accepted");
    assertThat(Settings.parseDuration("x", "36500d")).isEqualTo(Duration.ofDays(36_500));
  }

  @Test
  void delays_are_a_list_which_may_be_empty() {
    assertThat(Settings.of(Map.of()).durations(Setting.RETRY_DELAYS)).containsExactly(Duration.ofSeconds(10),
        Duration.ofMinutes(1), Duration.ofMinutes(10));
    assertThat(of(Setting.RETRY_DELAYS, "1s, 2m").durations(Setting.RETRY_DELAYS)).containsExactly(
        Duration.ofSeconds(1), Duration.ofMinutes(2));
    for (String none : List.of("", " ")) {
      assertThat(of(Setting.RETRY_DELAYS, none).durations(Setting.RETRY_DELAYS)).isEmpty();
      assertThat(of(Setting.RETRY_DELAYS, none).isGiven(Setting.RETRY_DELAYS)).isTrue();
    }
    refused(Setting.RETRY_DELAYS, "1s,,2s", "a duration is wanted");
    refused(Setting.RETRY_DELAYS, "1s,8d", "MIDIFLEET_RETRY_DELAYS holds 691200s; it must be from 0s to 604800s");
  }

  @Test
  void an_empty_variable_counts_as_not_set() {
    assertThat(of(Setting.SLOTS, "").integer(Setting.SLOTS)).isEqualTo(4);
    assertThat(of(Setting.DATABASE_URL, "  ").isGiven(Setting.DATABASE_URL)).isFalse();
  }

  @Test
  void a_password_keeps_its_blanks_and_only_the_last_line_feed_of_a_file_is_none_of_it() throws IOException {
    assertThat(of(Setting.AMQP_PASSWORD, " a b ").text(Setting.AMQP_PASSWORD)).isEqualTo(" a b ");
    assertThat(Settings.of(Map.of()).with(Setting.DATABASE_PASSWORD, " ").text(Setting.DATABASE_PASSWORD))
        .isEqualTo(" ");
    assertThat(fromFile(" a \n")).isEqualTo(" a ");
    assertThat(fromFile(" a \r\n")).isEqualTo(" a ");
    assertThat(fromFile("a\n\n")).isEqualTo("a\n");
    assertThat(fromFile("a")).isEqualTo("a");
    assertThat(fromFile("")).isEmpty();
  }

  @Test
  void a_file_gives_a_value_where_the_variable_does_not() throws IOException {
    Path file = Files.writeString(folder.resolve("slots"), "7\n");
    assertThat(Settings.of(Map.of("MIDIFLEET_SLOTS_FILE", file.toString())).integer(Setting.SLOTS)).isEqualTo(7);
    assertThat(Settings.of(Map.of("MIDIFLEET_SLOTS_FILE", file.toString(), "MIDIFLEET_SLOTS", "8"))
        .integer(Setting.SLOTS)).isEqualTo(8);
    assertThatThrownBy(() -> Settings.of(Map.of("MIDIFLEET_SLOTS_FILE", folder.resolve("absent").toString())))
        .isInstanceOf(SettingException.class).hasMessageStartingWith("MIDIFLEET_SLOTS_FILE names ")
        .hasMessageContaining("which is not there");
  }

  @Test
  void a_password_in_the_databases_url_is_refused_and_not_repeated() {
    assertThatThrownBy(() -> of(Setting.DATABASE_URL, "jdbc:postgresql://db/x?user=u&password=secret"))
        .isInstanceOf(SettingException.class).hasMessageContaining("MIDIFLEET_DATABASE_PASSWORD_FILE")
        .hasMessageNotContaining("secret");
    refused(Setting.DATABASE_URL, "postgresql://db/x", "must begin with jdbc:postgresql:");
    refused(Setting.AMQP_URI, "http://broker", "must begin with amqp:// or amqps://");
    refused(Setting.READ, "both", "it must be one of [auto, map, buffer]");
  }

  @Test
  void a_library_is_found_by_a_name_that_a_variable_can_hold() {
    Settings settings = Settings.of(Map.of("MIDIFLEET_LIBRARY_POP_2", "/mnt/pop", "MIDIFLEET_LIBRARY_NONE", ""));
    assertThat(settings.mount("pop-2")).isEqualTo(Path.of("/mnt/pop"));
    assertThat(settings.mount("none")).isNull();
    assertThatThrownBy(() -> Settings.of(Map.of("MIDIFLEET_LIBRARY_X", "a\0b"))).isInstanceOf(SettingException.class)
        .hasMessageStartingWith("MIDIFLEET_LIBRARY_X is no path");
  }

  private String fromFile(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), content);
    return Settings.of(Map.of("MIDIFLEET_DATABASE_PASSWORD_FILE", file.toString())).text(Setting.DATABASE_PASSWORD);
  }

  private static Settings of(Setting setting, String value) { return Settings.of(Map.of(setting.variable(), value)); }

  private static void refused(Setting setting, String value, String message) {
    assertThatThrownBy(() -> of(setting, value)).isInstanceOf(SettingException.class).hasMessageContaining(message);
  }
}
