package dev.midifleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SmfBuilderTest {
  @Test
  void a_file_has_the_bytes_that_the_standard_says() {
    byte[] file = SmfBuilder.smf().division(96).track(t -> t.runningStatus().note(0, 60, 64, 0, 96).onZero(0, 62, 200)
        .on(0, 62, 1, 96)).bytes();
    assertThat(file).containsExactly(hex("4D546864 00000006 0000 0001 0060 4D54726B 00000013"
        + "00903C40 60803C40 00903E01 683E00 00FF2F00"));
  }

  @Test
  void a_variable_length_quantity_takes_as_few_bytes_as_hold_it() {
    assertThat(SmfBuilder.vlq(0)).containsExactly(0);
    assertThat(SmfBuilder.vlq(0x7F)).containsExactly(0x7F);
    assertThat(SmfBuilder.vlq(0x80)).containsExactly(0x81, 0x00);
    assertThat(SmfBuilder.vlq(0x0FFFFFFF)).containsExactly(0xFF, 0xFF, 0xFF, 0x7F);
  }

  @Test
  void a_wrapped_file_is_padded_to_an_even_length() {
    byte[] plain = SmfBuilder.smf().rawTrack(0, 0xFF, 0x2F, 0, 0).bytes();
    byte[] wrapped = SmfBuilder.smf().rawTrack(0, 0xFF, 0x2F, 0, 0).riff().bytes();
    assertThat(plain).hasSize(27);
    assertThat(wrapped).hasSize(20 + 28);
  }

  @Test
  void damage_is_written_as_asked_for() {
    byte[] file = SmfBuilder.smf().declaredTracks(7).junkBefore(new byte[]{1, 2}).track(t -> t.declaredLength(1000))
        .cutTo(20).bytes();
    assertThat(file).hasSize(20).startsWith(1, 2, 'M', 'T', 'h', 'd');
    assertThat(file[13]).isEqualTo((byte) 7);
  }

  private static byte[] hex(String text) { return HexFormat.of().parseHex(text.replace(" ", "")); }
}
