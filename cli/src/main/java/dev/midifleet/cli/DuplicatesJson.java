package dev.midifleet.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.midifleet.producer.query.DuplicateFile;
import dev.midifleet.producer.query.DuplicateGroup;
import dev.midifleet.producer.query.DuplicateListener;
import dev.midifleet.producer.query.DuplicateTotals;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Locale;

/** Groups of copies as JSON, one object a line, written file by file: a group may have millions. */
final class DuplicatesJson implements DuplicateListener {
  private final PrintWriter out;
  private final JsonGenerator json;

  DuplicatesJson(PrintWriter out) {
    this.out = out;
    try {
      json = JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build().createGenerator(out);
      // Lines are ended below.
      json.setPrettyPrinter(new MinimalPrettyPrinter(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A step of writing. */
  @FunctionalInterface
  private interface Step {
    void write() throws IOException;
  }

  private static void write(Step step) {
    try {
      step.write();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void totals(DuplicateTotals totals) {
    write(() -> {
      json.writeStartObject();
      json.writeStringField("kind", totals.kind().name().toLowerCase(Locale.ROOT));
      json.writeNumberField("groups", totals.groups());
      json.writeNumberField("files", totals.files());
      json.writeNumberField("links", totals.links());
      json.writeNumberField("bytes", totals.bytes());
      json.writeNumberField("freeable_bytes", totals.freeableBytes());
      json.writeEndObject();
    });
    endLine();
  }

  @Override
  public void group(DuplicateGroup group) {
    write(() -> {
      json.writeStartObject();
      json.writeStringField("kind", group.kind().name().toLowerCase(Locale.ROOT));
      json.writeNumberField("rank", group.rank());
      json.writeNumberField("files", group.files());
      json.writeNumberField("links", group.links());
      json.writeNumberField("contents", group.contents());
      json.writeNumberField("bytes", group.bytes());
      json.writeNumberField("freeable_bytes", group.freeableBytes());
      json.writeArrayFieldStart("members");
    });
  }

  @Override
  public void file(DuplicateFile file) {
    write(() -> {
      json.writeStartObject();
      json.writeStringField("library", file.library());
      json.writeStringField("path", file.path());
      json.writeNumberField("size_bytes", file.sizeBytes());
      json.writeStringField("content_hash", file.contentHash().toString());
      json.writeBooleanField("keep", file.isKept());
      json.writeBooleanField("link", file.isLink());
      Double similarity = file.similarity();
      if (similarity == null) {
        json.writeNullField("similarity");
      } else {
        json.writeNumberField("similarity", similarity);
      }
      json.writeEndObject();
    });
  }

  @Override
  public void groupEnd() {
    write(() -> {
      json.writeEndArray();
      json.writeEndObject();
    });
    endLine();
  }

  @Override
  public void end() { out.flush(); }

  private void endLine() {
    write(json::flush);
    out.println();
  }
}
