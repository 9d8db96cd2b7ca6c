package dev.midifleet.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.MisuseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LibrariesTest {
  private final TestRows rows = new TestRows();

  @BeforeEach
  void no_library() { rows.change("truncate library cascade"); }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void a_new_library_is_named_after_its_folder() {
    assertThat(locate("/srv/My Music (old)").library().name()).isEqualTo("my-music-old");
    assertThat(locate("/srv/音楽").library().name()).isEqualTo("main");
    assertThat(locate("/mnt/音楽").library().name()).isEqualTo("main-2");
    assertThat(locate("/" + "x".repeat(200)).library().name()).hasSize(60);
  }

  @Test
  void the_root_folder_can_be_a_library() {
    assertThat(locate("/").library().location()).isEqualTo("/");
    assertThat(locate("/srv/midi").folder()).isEqualTo("srv/midi");
    assertThat(rows.texts("select name from library")).containsExactly("main");
  }

  @Test
  void a_folder_with_the_same_beginning_is_not_below() {
    locate("/srv/midi");
    assertThat(locate("/srv/midi2").library().name()).isEqualTo("midi2");
  }

  @Test
  void a_named_library_is_made_where_this_host_mounts_it() {
    Settings mounted = Settings.of(Map.of("MIDIFLEET_LIBRARY_MAIN", "/mnt/midi"));

    Libraries.Place place = locate(Optional.of("main"), "/mnt/midi/jazz", mounted);

    assertThat(place.library().location()).isEqualTo("/mnt/midi");
    assertThat(place.folder()).isEqualTo("jazz");
  }

  @Test
  void a_new_library_does_not_take_the_name_of_one_that_is_mounted_elsewhere() {
    Settings mounted = Settings.of(Map.of("MIDIFLEET_LIBRARY_MIDI", "/mnt/midi"));

    assertThat(locate(Optional.empty(), "/srv/midi", mounted).library().name()).isEqualTo("midi-2");
  }

  @Test
  void a_name_that_messages_paths_or_settings_cannot_tell_apart_is_refused() {
    Settings none = Settings.of(Map.of());
    for (String name : List.of("", " ", "a/b", "a:b", "-a", "caf\u00e9", "a\n", "x".repeat(61))) {
      assertThatThrownBy(() -> locate(Optional.of(name), "/srv/midi", none)).as(name)
          .isInstanceOf(MisuseException.class).hasMessageContaining("cannot be the name of a library");
    }
    locate(Optional.of("My midi_2.0"), "/srv/midi", none);
    assertThatThrownBy(() -> locate(Optional.of("my-midi-2-0"), "/srv/other", none))
        .isInstanceOf(MisuseException.class).hasMessageContaining("MIDIFLEET_LIBRARY_MY_MIDI_2_0");
    assertThat(rows.texts("select name from library")).containsExactly("My midi_2.0");
  }

  private Libraries.Place locate(String folder) { return locate(Optional.empty(), folder, Settings.of(Map.of())); }

  private Libraries.Place locate(Optional<String> name, String folder, Settings settings) {
    return rows.database.transaction(connection -> Libraries.locate(connection, name, folder, settings));
  }
}
