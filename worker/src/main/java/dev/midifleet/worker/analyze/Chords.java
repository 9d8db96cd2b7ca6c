package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Chords: the triads of a {@link ChordDecoder}, beats of one triad together, each with what its beats add to it (sixths,
 * sevenths, ninths, where they weigh enough against the triad's own tones). A file has chords if it is not monophonic and
 * three pitch classes or more sound in at least a tenth of the beats in which anything does.
 */
public final class Chords {
  /** Where nothing sounds. */
  static final String NO_CHORD = "N";

  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final double CHORD_BEATS_MIN = 0.1;
  private static final double SHARE_MIN = 0.05;
  private static final double SHARE_DIGITS = 1e4;
  private static final double MILLIS_A_SECOND = 1e3;
  private static final int BEATS_A_BAR = 4;
  private static final double QUARTERS_A_WHOLE = 4;
  /** A vocabulary as wide as this many equally frequent chords is as complex as can be. */
  private static final double VOCABULARY_MAX = 24;
  private static final ChordType[] TYPES = ChordType.values();
  private static final String[] ROOTS = {"C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"};

  private final ChordDecoder decoder;
  private final ChordExtension extension = new ChordExtension();
  private final PackedRows packed = new PackedRows();
  private final JsonText json = new JsonText();
  private final int[] labels = new int[BeatGrid.BEATS_MAX];
  private final int[] beatsOfLabel = new int[TYPES.length * CLASSES];
  private int beats;
  private int chordBeats;
  private int changes;

  public Chords(Kernels kernels, ChordModel model) { decoder = new ChordDecoder(kernels, model); }

  /** Labels the beats of a score, and returns how many there are. */
  public int label(Score score) {
    return label(decoder.decode(score));
  }

  /** How many beats were labelled last; 0 without pitched notes. */
  int beats() { return beats; }

  /** The beats that were labelled last. */
  public ChordDecoder decoder() { return decoder; }

  /** The chord of a beat in Harte's notation, or N. */
  public String chord(int beat) {
    int label = labels[beat];
    return label == ChordDecoder.NONE ? NO_CHORD : name(label);
  }

  /** Of a label: its type's place times 12, plus its root. */
  static String name(int label) {
    return ROOTS[label % CLASSES] + ":" + TYPES[label / CLASSES].word();
  }

  void analyze(Score score, Extent extent, Analysis into) {
    into.hasChords = false;
    into.chordProgression = null;
    into.chordTypes = null;
    into.hasSeventhChords = false;
    into.hasExtendedChords = false;
    into.chordChangeRate = Double.NaN;
    into.chordComplexityScore = Double.NaN;
    beats = 0;
    if (into.totalNotes == into.drumNotes) return;
    label(decoder.decode(score, extent));
    if (into.isMonophonic || chordBeats == 0 || !isChordal()) return;
    into.hasChords = true;
    into.chordProgression = progression(score.tempoMap());
    types(into);
    into.chordChangeRate = changes / bars(score);
  }

  private int label(int count) {
    beats = count;
    chordBeats = 0;
    changes = 0;
    Arrays.fill(beatsOfLabel, 0);
    int last = ChordDecoder.NONE;
    for (int from = 0; from < count;) {
      int state = decoder.state(from);
      int to = from + 1;
      while (to < count && decoder.state(to) == state) {
        to++;
      }
      int label = ChordDecoder.NONE;
      if (state != ChordDecoder.NONE) {
        label = extension.label(state, decoder.pitches(), from, to);
        beatsOfLabel[label] += to - from;
        chordBeats += to - from;
        changes += last != ChordDecoder.NONE && last != label ? 1 : 0;
        last = label;
      }
      Arrays.fill(labels, from, to, label);
      from = to;
    }
    return count;
  }

  private boolean isChordal() {
    int chordal = decoder.chordalBeats();
    return chordal >= CHORD_BEATS_MIN * decoder.soundingBeats() && chordal > 0;
  }

  private byte @Nullable [] progression(TempoMap map) {
    packed.clear();
    int listed = 0;
    int last = ChordDecoder.NONE;
    for (int beat = 0; beat < beats && listed < FactColumns.CHANGES_MAX; beat++) {
      int label = labels[beat];
      if (label == last) continue;
      last = label;
      listed++;
      int tick = decoder.tick(beat);
      packed.chord(tick, (long) Math.rint(map.secondsAt(tick) * MILLIS_A_SECOND),
          label == ChordDecoder.NONE ? PackedRows.NO_CHORD : label);
    }
    return packed.bytes();
  }

  private void types(Analysis into) {
    json.clear().raw("{");
    String separator = "\"";
    double sevenths = 0;
    double extended = 0;
    double complexity = 0;
    double entropy = 0;
    for (ChordType type : TYPES) {
      int ofType = 0;
      for (int root = 0; root < CLASSES; root++) {
        int ofLabel = beatsOfLabel[type.ordinal() * CLASSES + root];
        double share = (double) ofLabel / chordBeats;
        entropy -= ofLabel == 0 ? 0 : share * Math.log(share);
        ofType += ofLabel;
      }
      if (ofType == 0) continue;
      double share = (double) ofType / chordBeats;
      sevenths += type.isSeventh() ? share : 0;
      extended += type.isExtended() ? share : 0;
      complexity += share * type.complexity();
      json.raw(separator).raw(type.word()).raw("\":").decimal(rounded(share, SHARE_DIGITS));
      separator = ",\"";
    }
    into.chordTypes = json.raw("}").text();
    into.hasSeventhChords = sevenths >= SHARE_MIN;
    into.hasExtendedChords = extended >= SHARE_MIN;
    into.chordComplexityScore = (complexity + Math.min(1, entropy / Math.log(VOCABULARY_MAX))) / 2;
  }

  private static double rounded(double value, double digits) { return Math.rint(value * digits) / digits; }

  /** Bars that the chords fill, by the first FF 58; of four quarters where there is none, of four beats with SMPTE. */
  private double bars(Score score) {
    if (score.isSmpte()) return (double) chordBeats / BEATS_A_BAR;
    EventList times = score.timeSignatures();
    double quarters = times.isEmpty()
        ? BEATS_A_BAR
        : QUARTERS_A_WHOLE * (times.value(0) & 0xFF) / (times.value(0) >>> 8);
    return chordBeats * decoder.grid().ticks() / (quarters * score.division());
  }
}
