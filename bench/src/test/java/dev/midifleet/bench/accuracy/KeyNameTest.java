package dev.midifleet.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyNameTest {
  @Test
  void spellings_of_one_key_are_one_number() {
    assertThat(KeyName.parse("C# major")).isEqualTo(KeyName.parse("Db major")).isEqualTo(1);
    assertThat(KeyName.parse("Cb major")).isEqualTo(KeyName.parse("B major")).isEqualTo(11);
    assertThat(KeyName.parse("G# minor")).isEqualTo(KeyName.parse("Ab minor")).isEqualTo(20);
  }

  @Test
  void a_signature_is_read_as_its_major_key() {
    assertThat(KeyName.parse("F major / D minor (-1)")).isEqualTo(5);
    assertThat(KeyName.relative(5)).isEqualTo(KeyName.parse("D minor"));
  }

  @Test
  void what_is_no_key_is_refused() {
    assertThatThrownBy(() -> KeyName.parse("C dorian")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KeyName.parse("Cx major")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void mirex_gives_part_of_the_points_for_kindred_keys() {
    assertThat(mirex("C major", "C major")).isEqualTo(1);
    assertThat(mirex("C major", "G major")).isEqualTo(0.5);
    assertThat(mirex("A minor", "E minor")).isEqualTo(0.5);
    assertThat(mirex("C major", "F major")).isZero();
    assertThat(mirex("C major", "A minor")).isEqualTo(0.3);
    assertThat(mirex("A minor", "C major")).isEqualTo(0.3);
    assertThat(mirex("C major", "C minor")).isEqualTo(0.2);
    assertThat(mirex("C major", "E minor")).isZero();
  }

  private static double mirex(String truth, String guess) {
    return KeyName.mirex(KeyName.parse(truth), KeyName.parse(guess));
  }
}
