package dev.midifleet.common.catalog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredPathTest {
  /** What a random name is made of: plain text, text of several bytes, and bytes that are no UTF-8. */
  private static final byte[][] PIECES = {"a".getBytes(UTF_8), "\\".getBytes(UTF_8), "\\x41".getBytes(UTF_8),
      "%2F".getBytes(UTF_8), " ".getBytes(UTF_8), "\n".getBytes(UTF_8), "é".getBytes(UTF_8), "日本".getBytes(UTF_8),
      "🎹".getBytes(UTF_8), "\uFFFD".getBytes(UTF_8), "?#".getBytes(UTF_8), "é".getBytes(ISO_8859_1),
      HexFormat.of().parseHex("eda080"), HexFormat.of().parseHex("c0af"), HexFormat.of().parseHex("f09f8e"),
      HexFormat.of().parseHex("ff"), HexFormat.of().parseHex("80"), HexFormat.of().parseHex("01")};

  @ParameterizedTest
  @CsvSource({"'', ''", "612f622e6d6964, a/b.mid", "2f6d6e742f6d, /mnt/m", "2f, /", "c3a92e6d6964, é.mid",
      "615c62, a\\\\b", "e92e6d6964, \\xe9.mid", "2f78ff2f79, /x\\xff/y", "efbfbd, \uFFFD", "eda080, \\xed\\xa0\\x80",
      "2541, %A"})
  void bytes_of_a_path_have_this_text_and_come_back(String hex, String text) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    Path path = StoredPath.ofBytes(bytes);
    assertThat(StoredPath.toText(path)).isEqualTo(text);
    assertThat(StoredPath.toPath(text)).isEqualTo(path);
    assertThat(StoredPath.toBytes(path)).isEqualTo(bytes);
    assertThat(path.isAbsolute()).isEqualTo(text.startsWith("/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\", "a\\b", "\\x", "\\x4", "\\xzz", "a\0b"})
  void text_that_is_no_stored_path_is_refused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> StoredPath.toPath(text));
  }

  @Test
  void any_bytes_survive_the_way_to_text_and_back_and_no_two_share_a_text() {
    long seed = System.nanoTime();
    System.out.println("StoredPathTest seed " + seed);
    var random = new Random(seed);
    Map<String, String> bytesByText = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = i % 2 == 0 ? randomBytes(random) : randomPieces(random, 12);
      String text = StoredPath.escape(bytes);
      assertThat(StoredPath.unescape(text)).isEqualTo(bytes);
      assertThat(StoredPath.escape(text.getBytes(UTF_8))).isEqualTo(text.replace("\\", "\\\\"));
      String hex = HexFormat.of().formatHex(bytes);
      assertThat(bytesByText.putIfAbsent(text, hex)).isIn(null, hex);
    }
  }

  @Test
  void real_files_with_any_name_are_found_again_by_their_text(@TempDir Path folder) throws IOException {
    long seed = System.nanoTime();
    System.out.println("StoredPathTest seed " + seed);
    var random = new Random(seed);
    Map<String, String> contents = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      byte[] name = randomPieces(random, 8);
      Path file = folder.resolve(StoredPath.ofBytes(name));
      String content = HexFormat.of().formatHex(name);
      Files.writeString(file, content);
      contents.put(StoredPath.toText(file.getFileName()), content);
    }
    int seen = 0;
    try (var listing = Files.newDirectoryStream(folder)) {
      for (Path file : listing) {
        String text = StoredPath.toText(folder.relativize(file));
        assertThat(contents).containsKey(text);
        assertThat(StoredPath.toPath(StoredPath.toText(file))).isEqualTo(file);
        assertThat(Files.readString(folder.resolve(StoredPath.toPath(text)))).isEqualTo(contents.get(text));
        seen++;
      }
    }
    assertThat(seen).isEqualTo(contents.size());
  }

  @Test
  void a_folder_that_exists_has_the_text_of_its_path(@TempDir Path folder) throws IOException {
    Path odd = Files.createDirectory(folder.resolve(StoredPath.ofBytes(new byte[]{'d', (byte) 0xE9})));
    assertThat(StoredPath.toText(odd)).isEqualTo(folder + "/d\\xe9");
    assertThat(StoredPath.toPath(StoredPath.toText(odd))).isEqualTo(odd).exists();
  }

  private static byte[] randomBytes(Random random) {
    byte[] bytes = new byte[random.nextInt(24)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] randomPieces(Random random, int most) {
    var bytes = new ByteArrayOutputStream();
    for (int i = random.nextInt(1, most); i > 0; i--) {
      bytes.writeBytes(PIECES[random.nextInt(PIECES.length)]);
    }
    return bytes.toByteArray();
  }
}
