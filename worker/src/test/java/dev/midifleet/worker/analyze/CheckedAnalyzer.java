package dev.midifleet.worker.analyze;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.parse.SmfParser;
import dev.midifleet.worker.score.Score;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The whole way of a file's bytes to its facts and their JSON, with the promises checked that hold for any bytes whatever.
 * The parser sees a segment that ends with the slack it asks for, so that a read beyond it is found.
 */
public final class CheckedAnalyzer {
  /** More notes than that and a file is refused. */
  public static final int NOTES_MAX = 50_000;
  private static final int TEXT_MAX = 256;
  /** Estimating tempo from notes takes most of the time: one length of so many is enough. */
  private static final int FROM_NOTES = 8;
  private static final JsonFactory JSON = new JsonFactory();

  private final FileAnalyzer analyzer = new FileAnalyzer(NOTES_MAX, TEXT_MAX, AnalysisOptions.DEFAULT,
      KernelSelector.kernels());
  private final FileAnalyzer fromNotes = new FileAnalyzer(NOTES_MAX, TEXT_MAX, new AnalysisOptions(true),
      KernelSelector.kernels());
  private final Analysis analysis = new Analysis();
  private MemorySegment room = MemorySegment.NULL;

  /** Fails with an {@link AssertionError} if a promise is broken, with a {@link FileFailure} if the file is refused. */
  public Analysis check(byte[] file) throws FileFailure {
    MemorySegment bytes = copyOf(file);
    try {
      checkScore(file, analyzer.parse(bytes, 0, file.length));
    } catch (FileFailure failure) {
      checkFailure(file, failure);
      throw failure;
    }
    if (file.length % FROM_NOTES == 0) {
      fromNotes.analyze(bytes, 0, file.length, analysis);
      checkFacts();
    }
    analyzer.analyze(bytes, 0, file.length, analysis);
    checkFacts();
    return analysis;
  }

  private MemorySegment copyOf(byte[] file) {
    int needed = file.length + SmfParser.SLACK;
    if (room.byteSize() < needed) {
      room = Arena.ofAuto().allocate(2L * needed);
    }
    MemorySegment bytes = room.asSlice(0, needed);
    MemorySegment.copy(file, 0, bytes, ValueLayout.JAVA_BYTE, 0, file.length);
    bytes.asSlice(file.length).fill((byte) 0);
    return bytes;
  }

  private static void checkFailure(byte[] file, FileFailure failure) {
    ensure(!failure.reason().isBlank(), "a failure without a reason");
    ensure(failure.byteOffset() >= 0 && failure.byteOffset() <= file.length, "offset " + failure.byteOffset());
  }

  private static void checkScore(byte[] file, Score score) {
    ensure(score.noteCount() <= file.length / 3, "more notes than bytes hold");
    for (int track = 0; track < score.trackCount(); track++) {
      int before = 0;
      for (int i = score.firstNote(track); i < score.firstNote(track + 1); i++) {
        int onset = score.onsets()[i];
        int voice = score.voices()[i];
        ensure(onset >= before && score.ends()[i] >= onset && score.ends()[i] <= score.lastTick()
            && Score.velocity(voice) > 0 && Score.program(voice) < 128, "note " + i + " of track " + track);
        before = onset;
      }
    }
  }

  /** Columns within what PostgreSQL and JSON can hold. */
  private void checkFacts() {
    for (FactColumn column : FactColumns.all()) {
      Object value = column.boxed(analysis);
      if (value instanceof String text) {
        checkText(column.name(), text);
      } else if (value instanceof Float number) {
        ensure(Float.isFinite(number), column.name() + " is " + number);
      } else if (value instanceof Double number) {
        ensure(Double.isFinite(number), column.name() + " is " + number);
      }
    }
    try (JsonParser json = JSON.createParser(AnalysisJson.line("x", analysis))) {
      JsonToken token = json.nextToken();
      while (token != null) {
        token = json.nextToken();
      }
    } catch (IOException e) {
      throw new AssertionError("a line that is not JSON", e);
    }
  }

  private static void checkText(String column, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      ensure((c != 0 && !Character.isISOControl(c)) || c == '\n' || c == '\t',
          column + ": control character " + (int) c);
    }
    try {
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new AssertionError(column + ": a surrogate without its other half", e);
    }
  }

  private static void ensure(boolean holds, String otherwise) { if (!holds) throw new AssertionError(otherwise); }
}
