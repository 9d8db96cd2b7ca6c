package dev.midifleet.producer.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNumbersTest {
  @TempDir
  private Path folder;

  @Test
  void the_key_of_a_look_has_the_numbers_of_the_view() throws IOException {
    Path file = Files.write(folder.resolve("a.mid"), new byte[]{1});
    for (Path one : List.of(file, folder, Path.of("/dev/shm"), Path.of("/proc/self"))) {
      var attributes = Files.readAttributes(one, BasicFileAttributes.class);
      long device = ((Number) Files.getAttribute(one, "unix:dev")).longValue();
      long inode = ((Number) Files.getAttribute(one, "unix:ino")).longValue();

      assertThat(FileNumbers.ofKey(String.valueOf(attributes.fileKey()))).isEqualTo(new FileNumbers(device, inode));
      assertThat(FileNumbers.source(folder).of(one, attributes)).isEqualTo(new FileNumbers(device, inode));
    }
  }

  @Test
  void a_key_of_another_form_is_not_guessed_at() {
    assertThat(FileNumbers.ofKey("(dev=fe00,ino=18446744073709551615)")).isEqualTo(new FileNumbers(0xFE00, -1));
    for (String key : List.of("null", "", "(dev=,ino=1)", "(dev=fe00,ino=)", "(dev=fe00,ino=-1)", "(dev=fe00,ino=1",
        "(dev=fe00, ino=1)", "(ino=1,dev=1)", "(dev=fe00,ino=1,x=2)", "(dev=11112222333344445,ino=1)")) {
      assertThat(FileNumbers.ofKey(key)).as(key).isNull();
    }
  }

  @Test
  void a_library_that_is_not_there_leaves_the_view() throws IOException {
    Path file = Files.write(folder.resolve("a.mid"), new byte[]{1});
    var attributes = Files.readAttributes(file, BasicFileAttributes.class);

    assertThat(FileNumbers.source(folder.resolve("nowhere")).of(file, attributes))
        .isEqualTo(FileNumbers.ofFolder(file));
  }
}
