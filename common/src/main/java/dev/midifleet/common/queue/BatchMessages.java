package dev.midifleet.common.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * A {@link BatchMessage} to JSON and back. Fields that are not known are ignored, so a later program may add some
 * without a new version.
 *
 * <p>A message of a newer version is unreadable: it is recorded and acked like any other. Giving it back would send it
 * round and round between old workers, and stopping would let one message stop them all; nothing is lost, because its
 * batch is a row that is still open, and {@code midifleet reconcile} publishes it again once the workers are new.
 */
final class BatchMessages {
  /** The AMQP property {@code type}. */
  static final String TYPE = "midifleet.batch.v" + BatchMessage.VERSION;
  /** The AMQP property {@code content_type}. */
  static final String CONTENT_TYPE = "application/json";
  /** About five times what the longest message takes. */
  static final int BODY_BYTES_MAX = 64 * 1024;

  private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private BatchMessages() {}

  /** The JSON of a message, in UTF-8. */
  static byte[] write(BatchMessage message) {
    var root = JSON.createObjectNode().put("v", BatchMessage.VERSION).put("batch", message.batch())
        .put("publication", message.publication()).put("run", message.run().toString())
        .put("attempt", message.attempt()).put("library", message.library());
    var files = root.putArray("files");
    message.files().forEach(files::add);
    try {
      return JSON.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The message in a body.
   *
   * @throws UnreadableMessageException
   *           when there is none, or one of a newer version
   */
  static BatchMessage read(byte[] body) throws UnreadableMessageException {
    if (body.length > BODY_BYTES_MAX) {
      throw new UnreadableMessageException(body.length + " bytes; a message has at most " + BODY_BYTES_MAX);
    }
    JsonNode root;
    try {
      root = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new UnreadableMessageException("not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UnreadableMessageException("not JSON: " + e.getMessage());
    }
    if (!root.isObject()) throw new UnreadableMessageException("not a JSON object");
    long version = integer(root, "v", 1, Long.MAX_VALUE);
    if (version > BatchMessage.VERSION) {
      throw new UnreadableMessageException("version " + version + " is newer than this program, which reads up to "
          + BatchMessage.VERSION + "; upgrade the workers, then run `midifleet reconcile`");
    }
    return new BatchMessage(integer(root, "batch", 1, Long.MAX_VALUE),
        (int) integer(root, "publication", 1, Integer.MAX_VALUE), run(root),
        (int) integer(root, "attempt", 1, Integer.MAX_VALUE), text(root, "library"), files(root));
  }

  private static long integer(JsonNode root, String name, long min, long max) throws UnreadableMessageException {
    JsonNode node = field(root, name, JsonNodeType.NUMBER);
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
      throw new UnreadableMessageException(name + " is " + node + "; an integer from " + min + " to " + max
          + " is wanted");
    }
    return node.longValue();
  }

  private static String text(JsonNode root, String name) throws UnreadableMessageException {
    String text = field(root, name, JsonNodeType.STRING).textValue();
    if (text.isBlank()) throw new UnreadableMessageException(name + " is empty");
    return text;
  }

  private static UUID run(JsonNode root) throws UnreadableMessageException {
    String text = text(root, "run");
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new UnreadableMessageException("run is \"" + text + "\"; a UUID is wanted");
    }
  }

  private static List<Long> files(JsonNode root) throws UnreadableMessageException {
    JsonNode array = field(root, "files", JsonNodeType.ARRAY);
    if (array.isEmpty() || array.size() > BatchMessage.FILES_MAX) {
      throw new UnreadableMessageException(array.size() + " files; 1 to " + BatchMessage.FILES_MAX + " are wanted");
    }
    List<Long> files = new ArrayList<>(array.size());
    for (JsonNode file : array) {
      if (!file.isIntegralNumber() || !file.canConvertToLong()) {
        throw new UnreadableMessageException("files holds " + file + "; only integers are wanted");
      }
      files.add(file.longValue());
    }
    return files;
  }

  private static JsonNode field(JsonNode root, String name, JsonNodeType type) throws UnreadableMessageException {
    JsonNode node = root.get(name);
    if (node == null) throw new UnreadableMessageException("has no \"" + name + "\"");
    if (node.getNodeType() != type) {
      throw new UnreadableMessageException(name + " is no " + type.name().toLowerCase(Locale.ROOT));
    }
    return node;
  }
}
