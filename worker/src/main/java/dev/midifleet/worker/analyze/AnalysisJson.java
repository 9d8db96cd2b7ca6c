package dev.midifleet.worker.analyze;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.midifleet.common.failure.FileFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;

/**
 * Facts as JSON: one object a line, {@code path} first, then every column of {@link FactColumns} by its name. Words for
 * enums, number arrays for sets and shares, null for what is not known.
 */
public final class AnalysisJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final double SHARE_UNIT = 65_535;
  private static final double SHARE_DIGITS = 1e5;

  private AnalysisJson() {}

  /** The line of a file that was analysed, in UTF-8, line feed included. */
  public static byte[] line(String path, Analysis analysis) {
    return write(path, json -> {
      for (FactColumn column : FactColumns.all()) {
        json.writeFieldName(column.name());
        writeValue(json, column, analysis);
      }
    });
  }

  /** The line of a file that could not be used: kind, reason and, if it has one, byte offset; no facts. */
  public static byte[] line(String path, FileFailure failure) {
    return write(path, json -> {
      json.writeStringField("failure", failure.kind().name());
      json.writeStringField("reason", failure.reason());
      if (failure.byteOffset() == FileFailure.NO_OFFSET) {
        json.writeNullField("byte_offset");
      } else {
        json.writeNumberField("byte_offset", failure.byteOffset());
      }
    });
  }

  @FunctionalInterface
  private interface Content {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static byte[] write(String path, Content content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(2048);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("path", path);
      content.writeTo(json);
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  private static void writeValue(JsonGenerator json, FactColumn column, Analysis analysis) throws IOException {
    switch (column.boxed(analysis)) {
      case null -> json.writeNull();
      case Short code when column.type() == FactType.WORD -> json.writeString(column.words().get(code));
      case Short number -> json.writeNumber(number);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Float number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case Boolean flag -> json.writeBoolean(flag);
      case UUID uuid -> json.writeString(uuid.toString());
      case String text when column.type() == FactType.JSON -> json.writeRawValue(text);
      case String text -> json.writeString(text);
      case byte[] bytes when column.type() == FactType.BITS -> writeMembers(json, bytes);
      case byte[] bytes when column.type() == FactType.NUMBERS -> writeNumbers(json, bytes);
      case byte[] bytes when column.type() == FactType.SHARES -> writeShares(json, bytes);
      case byte[] bytes -> json.writeRawValue(PackedRows.json(column.type(), bytes));
      case Object other -> throw new IllegalStateException(column + " gave a " + other.getClass());
    }
  }

  private static void writeMembers(JsonGenerator json, byte[] set) throws IOException {
    json.writeStartArray();
    for (int i = 0; i < 8 * set.length; i++) {
      if ((set[i / 8] >> (i % 8) & 1) != 0) {
        json.writeNumber(i);
      }
    }
    json.writeEndArray();
  }

  private static void writeNumbers(JsonGenerator json, byte[] numbers) throws IOException {
    json.writeStartArray();
    for (int i = 0; i < numbers.length; i += 2) {
      json.writeNumber(unsigned(numbers, i));
    }
    json.writeEndArray();
  }

  private static int unsigned(byte[] bytes, int at) { return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF); }

  private static void writeShares(JsonGenerator json, byte[] parts) throws IOException {
    json.writeStartArray();
    for (int i = 0; i < parts.length; i += 2) {
      json.writeNumber(Math.round(unsigned(parts, i) / SHARE_UNIT * SHARE_DIGITS) / SHARE_DIGITS);
    }
    json.writeEndArray();
  }
}
