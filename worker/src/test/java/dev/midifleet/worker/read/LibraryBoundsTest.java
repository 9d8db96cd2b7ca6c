package dev.midifleet.worker.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LibraryBoundsTest {
  @TempDir
  private Path temp;
  private Path library = Path.of("");

  @BeforeEach
  void make_a_library_and_a_file_outside() throws IOException {
    library = Files.createDirectory(temp.resolve("library"));
    Files.createDirectory(library.resolve("folder"));
    Files.writeString(temp.resolve("secret.mid"), "outside");
    Files.writeString(library.resolve("folder/a.mid"), "inside");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret.mid", "folder/../../secret.mid", "folder/../folder/a.mid", "/etc/passwd", "..",
      "./folder/a.mid", "folder/\\q.mid"})
  void a_path_whose_text_is_not_below_the_library_is_refused_whatever_is_allowed(String stored) {
    for (boolean anywhere : new boolean[]{false, true}) {
      assertThatExceptionOfType(FileFailure.class)
          .isThrownBy(() -> new LibraryBounds(library, anywhere).resolve(stored))
          .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.OUTSIDE_LIBRARY));
    }
  }

  @Test
  void a_name_that_only_looks_like_climbing_is_a_name() throws Exception {
    var bounds = new LibraryBounds(library, false);
    assertThat(bounds.resolve("..a.mid")).isEqualTo(library.resolve("..a.mid"));
    assertThat(bounds.resolve("folder/a..mid")).isEqualTo(library.resolve("folder/a..mid"));
  }

  @Test
  void links_within_the_library_are_followed_and_those_out_of_it_only_where_that_is_allowed() throws Exception {
    Path within = Files.createSymbolicLink(library.resolve("within.mid"), Path.of("folder/a.mid"));
    Path out = Files.createSymbolicLink(library.resolve("out.mid"), Path.of("../secret.mid"));
    Files.createSymbolicLink(library.resolve("door"), temp);
    Path throughDoor = library.resolve("door/secret.mid");
    Path inAndBack = library.resolve("door/library/folder/a.mid");

    assertThat(load(within, false)).isEqualTo(6);
    assertThat(load(inAndBack, false)).isEqualTo(6);
    for (Path refused : new Path[]{out, throughDoor}) {
      assertThat(load(refused, true)).isEqualTo(7);
      assertThatExceptionOfType(FileFailure.class).isThrownBy(() -> load(refused, false)).satisfies(e -> {
        assertThat(e.kind()).isEqualTo(FailureKind.OUTSIDE_LIBRARY);
        assertThat(e.reason()).contains("out of the library", "MIDIFLEET_LINKS=anywhere");
      });
    }
  }

  @Test
  void a_library_whose_own_folder_is_a_link_is_no_way_out() throws Exception {
    Path door = Files.createSymbolicLink(temp.resolve("mounted"), library);
    try (var buffer = new FileBuffer()) {
      var bounds = new LibraryBounds(door, false);
      assertThat(new FileLoader(Settings.of(Map.of())).load(bounds.resolve("folder/a.mid"), bounds, buffer))
          .isEqualTo(6);
    }
  }

  private long load(Path file, boolean anywhere) throws FileFailure {
    try (var buffer = new FileBuffer()) {
      return new FileLoader(Settings.of(Map.of())).load(file, new LibraryBounds(library, anywhere), buffer);
    }
  }
}
