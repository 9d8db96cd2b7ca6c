package dev.midifleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.catalog.StoredPath;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathArgumentsTest {
  @Test
  void bytes_that_the_jvm_replaced_come_back_from_the_command_line() {
    byte[] odd = {'a', (byte) 0xE9, '/', (byte) 0xF0, (byte) 0x9F, '.', 'm', 'i', 'd'};
    String[] restored = restore("java", "-jar", "x.jar", "analyze", odd, "é.mid", "😀.mid");
    assertThat(restored).hasSize(4).startsWith("analyze").endsWith("é.mid", "😀.mid");
    assertThat(StoredPath.toBytes(PathArguments.toPath(restored[1]))).isEqualTo(odd);
    assertThat(PathArguments.toPath(restored[3])).isEqualTo(Path.of("😀.mid"));
  }

  @Test
  void any_bytes_survive() {
    long seed = System.nanoTime();
    System.out.println("PathArgumentsTest seed " + seed);
    var random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      byte[] name = new byte[random.nextInt(1, 30)];
      for (int j = 0; j < name.length; j++) {
        int b = random.nextInt(1, 256);
        name[j] = (byte) (b == '/' ? 'x' : b);
      }
      String[] restored = restore("java", "analyze", name);
      assertThat(StoredPath.toBytes(PathArguments.toPath(restored[1]))).isEqualTo(name);
    }
  }

  @Test
  void a_replacement_character_that_stands_in_the_name_stays() {
    String[] restored = restore("java", "analyze", "\uFFFD.mid");
    assertThat(restored).containsExactly("analyze", "\uFFFD.mid");
  }

  @Test
  void arguments_that_the_command_line_does_not_hold_stay_as_they_are() {
    String[] arguments = {"analyze", "\uFFFD"};
    assertThat(PathArguments.restore(arguments, new byte[0])).containsExactly("analyze", "\uFFFD");
    assertThat(PathArguments.restore(arguments, "java\0other\0arguments\0".getBytes(UTF_8))).containsExactly("analyze",
        "\uFFFD");
    assertThat(PathArguments.restore(arguments)).isEqualTo(arguments);
  }

  /** What {@code main} gets, restored: everything from {@code analyze} on. */
  private static String[] restore(Object... commandLine) {
    var raw = new ByteArrayOutputStream();
    for (Object argument : commandLine) {
      raw.writeBytes(argument instanceof byte[] bytes ? bytes : argument.toString().getBytes(UTF_8));
      raw.write(0);
    }
    List<String> decoded = List.of(raw.toString(UTF_8).split("\0", -1));
    int first = decoded.indexOf("analyze");
    return PathArguments.restore(decoded.subList(first, decoded.size() - 1).toArray(String[]::new), raw.toByteArray());
  }
}
