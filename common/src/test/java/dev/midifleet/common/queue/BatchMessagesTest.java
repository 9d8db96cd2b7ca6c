package dev.midifleet.common.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchMessagesTest {
  private static final String GOOD = """
      {"v":1,"batch":4711,"publication":2,"run":"7b0d5f0a-3c8e-4a53-9d3b-6f7f9f6f0a11","attempt":1,"library":"main",\
      "files":[17,18]}""";
  private static final BatchMessage MESSAGE = new BatchMessage(4711, 2,
      UUID.fromString("7b0d5f0a-3c8e-4a53-9d3b-6f7f9f6f0a11"), 1, "main", List.of(17L, 18L));

  @Test
  void message_is_written_in_the_documented_form() {
    assertThat(new String(BatchMessages.write(MESSAGE), UTF_8)).isEqualTo(GOOD);
  }

  @Test
  void field_that_a_later_program_added_is_ignored() throws UnreadableMessageException {
    assertThat(BatchMessages.read(GOOD.replace("\"v\":1", "\"v\":1,\"colour\":{\"red\":[1]}").getBytes(UTF_8)))
        .isEqualTo(MESSAGE);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      "v":1            | "v":2              | version 2 is newer than this program, which reads up to 1; upgrade the
      "v":1            | "v":0              | v is 0; an integer from 1 to
      "v":1            | "w":1              | has no "v"
      "batch":4711     | "batch":1.5        | batch is 1.5; an integer from 1 to
      "batch":4711     | "batch":1e99       | batch is 1.0E99; an integer from 1 to
      "batch":4711     | "batch":"4711"     | batch is no number
      "publication":2  | "publication":2147483648 | publication is 2147483648; an integer from 1 to 2147483647
      "library":"main" | "library":" "      | library is empty
      "library":"main" | "library":null     | library is no string
      7b0d5f0a-3c8e    | 7b0d5f0a           | run is "7b0d5f0a-4a53-9d3b-6f7f9f6f0a11"; a UUID is wanted
      [17,18]          | []                 | 0 files; 1 to 500 are wanted
      [17,18]          | [17,"18"]          | files holds "18"; only integers are wanted
      [17,18]          | {}                 | files is no array
      [17,18]}         | [17,18]}x          | not JSON: Unrecognized token 'x'
      [17,18]}         | [17                | not JSON: Unexpected end-of-input
      """)
  void message_that_is_not_as_it_should_be_is_refused_with_a_reason(String part, String wrong, String reason) {
    assertThat(GOOD).contains(part);
    assertThatThrownBy(() -> BatchMessages.read(GOOD.replace(part, wrong).getBytes(UTF_8)))
        .isInstanceOf(UnreadableMessageException.class).hasMessageStartingWith(reason);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      ``   | not a JSON object
      null | not a JSON object
      [1]  | not a JSON object
      MThd | not JSON: Unrecognized token 'MThd'
      """)
  void body_that_is_no_object_is_refused(String body, String reason) {
    assertThatThrownBy(() -> BatchMessages.read(body.getBytes(UTF_8))).isInstanceOf(UnreadableMessageException.class)
        .hasMessageStartingWith(reason);
  }

  @Test
  void bytes_that_are_no_text_and_bodies_that_are_too_long_are_refused() {
    assertThatThrownBy(() -> BatchMessages.read(new byte[]{(byte) 0xff, 0, 1})).isInstanceOf(
        UnreadableMessageException.class).hasMessageStartingWith("not JSON: ");
    assertThatThrownBy(() -> BatchMessages.read(new byte[BatchMessages.BODY_BYTES_MAX + 1]))
        .isInstanceOf(UnreadableMessageException.class).hasMessage("65537 bytes; a message has at most 65536");
    assertThatThrownBy(() -> BatchMessages.read("[".repeat(60_000).getBytes(UTF_8)))
        .isInstanceOf(UnreadableMessageException.class).hasMessageStartingWith("not JSON: ");
  }

  @ParameterizedTest
  @ValueSource(ints = {501, 8_000})
  void message_with_more_files_than_a_batch_has_is_refused(int files) {
    String ids = LongStream.rangeClosed(1, files).mapToObj(Long::toString).collect(Collectors.joining(","));
    byte[] body = GOOD.replace("17,18", ids).getBytes(UTF_8);
    assertThat(body.length).isLessThan(BatchMessages.BODY_BYTES_MAX);
    assertThatThrownBy(() -> BatchMessages.read(body)).isInstanceOf(UnreadableMessageException.class)
        .hasMessage(files + " files; 1 to 500 are wanted");
  }

  @Test
  void longest_message_is_well_below_the_limit() throws UnreadableMessageException {
    List<Long> files = LongStream.range(0, BatchMessage.FILES_MAX).map(i -> Long.MAX_VALUE - i).boxed().toList();
    BatchMessage longest = new BatchMessage(Long.MAX_VALUE, Integer.MAX_VALUE, MESSAGE.run(), Integer.MAX_VALUE,
        "x".repeat(1_000), files);
    byte[] body = BatchMessages.write(longest);
    assertThat(body.length).isLessThan(BatchMessages.BODY_BYTES_MAX / 4);
    assertThat(BatchMessages.read(body)).isEqualTo(longest);
  }

  @Test
  void message_holds_1_to_500_files() {
    assertThatThrownBy(() -> new BatchMessage(1, 1, MESSAGE.run(), 1, "main", List.of()))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("batch 1 has 0 files; a message takes 1 to 500");
    assertThatThrownBy(() -> new BatchMessage(1, 1, MESSAGE.run(), 1, "main", Collections.nCopies(501, 1L)))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("batch 1 has 501 files; a message takes 1 to 500");
  }
}
