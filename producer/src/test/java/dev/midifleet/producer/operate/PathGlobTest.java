package dev.midifleet.producer.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.producer.Rows;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PathGlobTest {
  private static final List<String> PATHS = List.of("a.mid", "sub/a.mid", "sub/deep/a.mid", "sub/b.kar", "100%.mid",
      "a_b.mid", "axb.mid", "[x].mid", "back\\\\slash.mid", "\\xff.mid", "new\nline.mid", "a+b(c)^$.mid", "é.mid",
      "]-.mid");

  private final Rows rows = new Rows();

  @AfterAll
  void close() { rows.close(); }

  @Test
  void without_a_slash_it_is_matched_with_the_name_in_any_folder() {
    assertThat(matches("a.mid")).containsExactly("a.mid", "sub/a.mid", "sub/deep/a.mid");
    assertThat(matches("*.kar")).containsExactly("sub/b.kar");
    assertThat(matches("mid")).isEmpty();
    assertThat(matches("*")).hasSameSizeAs(PATHS);
  }

  @Test
  void with_a_slash_it_is_matched_with_the_whole_path() {
    assertThat(matches("sub/*")).containsExactly("sub/a.mid", "sub/b.kar");
    assertThat(matches("sub/**")).containsExactly("sub/a.mid", "sub/b.kar", "sub/deep/a.mid");
    assertThat(matches("**/a.mid")).containsExactly("sub/a.mid", "sub/deep/a.mid");
    assertThat(matches("deep/a.mid")).isEmpty();
    assertThat(matches("sub?a.mid")).isEmpty();
  }

  @Test
  void what_is_special_to_like_and_to_regular_expressions_stands_for_itself() {
    assertThat(matches("100%.mid")).containsExactly("100%.mid");
    assertThat(matches("%.mid")).isEmpty();
    assertThat(matches("a_b.mid")).containsExactly("a_b.mid");
    assertThat(matches("a.b.mid")).isEmpty();
    assertThat(matches("a+b(c)^$.mid")).containsExactly("a+b(c)^$.mid");
    assertThat(matches("***")).hasSameSizeAs(PATHS);
  }

  @Test
  void a_printed_path_matches_itself_with_its_escapes() {
    assertThat(matches("\\xff.mid")).containsExactly("\\xff.mid");
    assertThat(matches("back\\\\slash.mid")).containsExactly("back\\\\slash.mid");
    assertThat(matches("new\nline.mid")).containsExactly("new\nline.mid");
    assertThat(matches("?.mid")).containsExactly("a.mid", "sub/a.mid", "sub/deep/a.mid", "é.mid");
  }

  @Test
  void brackets_name_characters_but_never_a_slash() {
    assertThat(matches("a[_z]b.mid")).containsExactly("a_b.mid");
    assertThat(matches("a[!_]b.mid")).containsExactly("axb.mid");
    assertThat(matches("a[a-z]b.mid")).containsExactly("axb.mid");
    assertThat(matches("[[]x].mid")).containsExactly("[x].mid");
    assertThat(matches("[]]-.mid")).containsExactly("]-.mid");
    assertThat(matches("sub[!x]a.mid")).isEmpty();
    assertThat(matches("sub[+-9]*a.mid")).isEmpty();
    assertThat(matches("[x.mid")).isEmpty();
    assertThat(matches("[\\]xff.mid")).containsExactly("\\xff.mid");
  }

  @Test
  void a_range_that_runs_backwards_is_refused() {
    assertThatThrownBy(() -> PathGlob.toRegex("a[z-a].mid")).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a range runs backwards in \"a[z-a].mid\": [z-a]");
  }

  private List<String> matches(String glob) {
    return rows.database().query(connection -> {
      try (var statement = connection.prepareStatement(
          "select path from unnest(?::text[]) as path where path ~ ? order by path collate \"C\"")) {
        statement.setArray(1, connection.createArrayOf("text", PATHS.toArray()));
        statement.setString(2, PathGlob.toRegex(glob));
        try (var found = statement.executeQuery()) {
          List<String> paths = new ArrayList<>();
          while (found.next()) {
            paths.add(found.getString(1));
          }
          return paths;
        }
      }
    });
  }
}
