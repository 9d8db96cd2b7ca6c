package dev.midifleet.worker.read;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FileBufferTest {
  @Test
  void it_grows_for_a_large_file_and_gives_the_memory_back_with_the_next_small_one() {
    try (var buffer = new FileBuffer()) {
      assertThat(buffer.segment().byteSize()).isEqualTo(FileBuffer.BYTES_MIN);
      buffer.ensure(FileBuffer.BYTES_MIN + 1);
      assertThat(buffer.segment().byteSize()).isEqualTo(2 * FileBuffer.BYTES_MIN);
      buffer.ensure(100L << 20);
      assertThat(buffer.segment().byteSize()).isEqualTo(100L << 20);
      buffer.ensure(64);
      assertThat(buffer.segment().byteSize()).isEqualTo(FileBuffer.BYTES_MIN);
    }
  }

  @Test
  void it_stays_the_same_for_files_that_fit() {
    try (var buffer = new FileBuffer()) {
      buffer.ensure(FileBuffer.KEPT_BYTES_MAX);
      var segment = buffer.segment();
      buffer.ensure(1);
      buffer.ensure(FileBuffer.KEPT_BYTES_MAX);
      assertThat(buffer.segment()).isSameAs(segment);
      assertThat(segment.byteSize()).isEqualTo(FileBuffer.KEPT_BYTES_MAX);
      assertThat(segment.address() % FileLoader.ALIGNMENT_BYTES).isZero();
    }
  }
}
