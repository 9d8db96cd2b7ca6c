package dev.midifleet.worker.analyze;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.parse.ContentHash;
import dev.midifleet.worker.parse.SmfParser;
import dev.midifleet.worker.score.Issue;
import dev.midifleet.worker.score.Score;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * From the bytes of one file to its facts. Owns every buffer that this needs and reuses it from file to file; owned by one
 * thread.
 */
public final class FileAnalyzer {
  /** Bytes of text kept a character that is kept, so that UTF-8 of any kind fits. */
  private static final int BYTES_A_CHAR = 4;

  private final Score score;
  private final SmfParser parser;
  private final ContentHash contentHash = new ContentHash();
  private final Extent extent;
  private final Tempo tempo;
  private final Key key;
  private final PitchEntropy pitchEntropy = new PitchEntropy();
  private final Signatures signatures = new Signatures();
  private final Texture texture = new Texture();
  private final Text text;
  private final Chords chords;
  private final Melody melody = new Melody();
  private final ControllerData controllers = new ControllerData();
  private final NoteTotals totals = new NoteTotals();
  private final BarGrid barGrid = new BarGrid();
  private final Meter meter;
  private final Rhythm rhythm = new Rhythm();
  private final Structure structure = new Structure();
  private final Timing timing = new Timing();
  private final Quality quality = new Quality();
  private final Tally tally = new Tally();
  private final NotesByOnset notes = new NotesByOnset();
  private final Fingerprint fingerprint = new Fingerprint();
  private final List<Step> steps;

  /**
   * @param notesMax
   *          a file with more notes is TOO_LARGE
   * @param textCharsMax
   *          characters kept of each text
   */
  public FileAnalyzer(int notesMax, int textCharsMax, AnalysisOptions options, Kernels kernels) {
    score = new Score(textCharsMax * BYTES_A_CHAR);
    parser = new SmfParser(score, notesMax);
    extent = new Extent(kernels);
    tempo = new Tempo(options.tempoFromNotes(), kernels);
    key = new Key(kernels);
    text = new Text(textCharsMax);
    chords = new Chords(kernels, ChordModel.smooth());
    meter = new Meter(kernels);
    steps = stepsInOrder();
  }

  /**
   * Hashes, parses and analyses one file.
   *
   * @param bytes
   *          a native segment, with at least {@link SmfParser#SLACK} bytes of 0 after the content
   * @param offset
   *          where the content begins in it
   * @param length
   *          bytes of content
   * @param into
   *          becomes the facts; of no use when this throws
   * @throws FileFailure
   *           EMPTY, NOT_MIDI, MALFORMED or TOO_LARGE
   */
  public void analyze(MemorySegment bytes, long offset, long length, Analysis into) throws FileFailure {
    analyze(bytes, offset, length, hash(bytes, offset, length), into);
  }

  /** The identity of a content. */
  public UUID hash(MemorySegment bytes, long offset, long length) {
    return contentHash.of(bytes, offset, length);
  }

  /** The same where the content's hash is known. */
  public void analyze(MemorySegment bytes, long offset, long length, UUID hash, Analysis into) throws FileFailure {
    parse(bytes, offset, length);
    into.setContentHash(hash);
    analyze(into);
  }

  /** The first half of the work, for those who measure the halves: what {@link #analyze(Analysis)} then works on. */
  public Score parse(MemorySegment bytes, long offset, long length) throws FileFailure {
    parser.parse(bytes, offset, length);
    return score;
  }

  /** The second half: all facts but the hash from what was parsed last. */
  public void analyze(Analysis into) {
    into.parseStatus = Issue.statusOf(score.issues());
    into.issueBits = score.issues();
    into.hangingNotes = score.hangingNotes();
    into.container = score.container();
    into.midiFormat = score.format();
    into.division = score.division();
    into.isSmpte = score.isSmpte();
    into.trackCount = score.trackCount();
    for (Step step : steps) {
      step.work().accept(into);
    }
  }

  /** The parts of {@link #analyze(Analysis)} in their order, for those who measure them: later ones build on earlier ones. */
  public List<Step> steps() {
    return steps;
  }

  private List<Step> stepsInOrder() {
    return List.of(
        new Step("extent", into -> {
          extent.measure(score);
          into.durationSeconds = extent.lastSecond();
          into.durationTicks = extent.lastTick();
        }),
        new Step("order", into -> notes.read(score)),
        new Step("tempo", into -> tempo.analyze(score, notes, extent, into)),
        new Step("key", into -> key.analyze(score, notes, into)),
        new Step("signatures", into -> signatures.analyze(score, into)),
        new Step("pitches", into -> {
          tally.count(score);
          Pitches.analyze(tally, extent, into);
          pitchEntropy.analyze(tally, into);
          Instruments.analyze(tally, score.systems(), extent, into);
        }),
        new Step("polyphony", into -> texture.analyze(notes, score.tempoMap(), extent.lastSecond(), into)),
        new Step("text", into -> text.analyze(score, into)),
        new Step("chords", into -> chords.analyze(score, extent, into)),
        new Step("melody", into -> melody.analyze(score, notes, chords.decoder(), chords.beats(), into)),
        new Step("controllers", into -> controllers.analyze(score, into)),
        new Step("bars", into -> {
          totals.measure(score, extent, tally);
          barGrid.build(score, extent, notes);
        }),
        new Step("metre", into -> meter.analyze(notes, totals, barGrid, into)),
        new Step("rhythm", into -> rhythm.analyze(score, notes, totals, barGrid, into)),
        new Step("structure", into -> structure.analyze(notes, barGrid, into)),
        new Step("timing", into -> timing.analyze(score, notes, totals, extent, barGrid, into)),
        new Step("quality", into -> quality.analyze(score, totals, into)),
        new Step("fingerprint", into -> fingerprint.analyze(score, notes, tally, into)));
  }

  /** One part of the analysis of the file that was parsed last. */
  public record Step(String name, Consumer<Analysis> work) {}
}
