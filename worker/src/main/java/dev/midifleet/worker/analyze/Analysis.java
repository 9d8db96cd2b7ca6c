package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Container;
import dev.midifleet.worker.score.GmSystem;
import dev.midifleet.worker.score.ParseStatus;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The facts of one file, as {@link FactColumns} names and explains them. Mutable and reused; a field that is not known has
 * {@link #UNKNOWN} (int), {@link Double#NaN}, or {@code null}. It stands on its own: nothing in it points into the buffers
 * of the {@link FileAnalyzer} that filled it, so it may be handed to another thread.
 */
public final class Analysis {
  static final int UNKNOWN = Integer.MIN_VALUE;
  static final int PITCH_CLASSES = 12;
  static final int MINHASH_VALUES = 64;

  @Nullable
  UUID contentHash;

  @Nullable
  UUID noteHash;
  @Nullable
  UUID noteHashTransposed;
  /** Of the signature's values those that are kept, as unsigned 16-bit numbers; meaningless where there is none. */
  final short[] minhash = new short[MINHASH_VALUES];
  boolean hasMinhash;

  ParseStatus parseStatus = ParseStatus.CLEAN;
  long issueBits;
  int hangingNotes;
  Container container = Container.SMF;
  int midiFormat;
  int division;
  boolean isSmpte;
  int trackCount;
  int qualityScore;

  double durationSeconds;
  long durationTicks;

  double tempoBpm;
  double bpmConfidence;
  TempoSource tempoSource = TempoSource.SMF_DEFAULT;
  boolean hasTempoChanges;
  int tempoChangeCount;
  byte @Nullable [] tempoChanges;
  double bpmInitial;
  double bpmMin;
  double bpmMax;
  double bpmOctaveAlternative;
  double quantizedShare;
  @Nullable
  Boolean isPerformance;
  double swingRatio;

  @Nullable
  String detectedKey;
  double keyConfidence;
  @Nullable
  String keySecond;
  double keyMargin;
  @Nullable
  String keySignature;
  boolean hasKeyChanges;
  @Nullable
  String keyChanges;
  boolean hasPitchClasses;
  double scaleConsistency;
  double pitchEntropy;
  double pitchClassEntropy;
  /** Of 65,535. */
  final int[] pitchClassShares = new int[PITCH_CLASSES];

  int timeSignatureNumerator;
  int timeSignatureDenominator;
  boolean hasTimeSignatureChanges;
  @Nullable
  String timeSignatureChanges;
  int meterEstimate;

  int bars;
  double grooveConsistency;
  double drumPatternConsistency;
  double syncopation;
  double emptyBeatRate;
  boolean isLoop;
  double ioiMeanMs;
  double noteLengthMeanBeats;

  int totalNotes;
  int drumNotes;
  int uniquePitches;
  int pitchRangeMin;
  int pitchRangeMax;
  double avgVelocity;
  double velocitySd;
  int velocityDistinct;
  double noteDensity;

  int polyphonyMax;
  double polyphonyAvg;
  double polyphonyRate;
  boolean isMonophonic;
  boolean isPolyphonic;
  boolean isPercussive;

  boolean hasChords;
  byte @Nullable [] chordProgression;
  @Nullable
  String chordTypes;
  boolean hasSeventhChords;
  boolean hasExtendedChords;
  double chordChangeRate;
  double chordComplexityScore;

  boolean hasMelody;
  int melodyChannel;
  int melodicRange;
  int bassChannel;

  byte @Nullable [] controllerData;
  @Nullable
  String articulationData;
  @Nullable
  String structureData;

  /** Bit n of the low word stands for program n, of the high word for program n + 64. */
  long programsLow;
  long programsHigh;
  int families;
  long drumKeysLow;
  long drumKeysHigh;
  int channels;
  int primaryProgram;
  @Nullable
  GmSystem gmSystem;

  @Nullable
  String title;
  @Nullable
  String artist;
  @Nullable
  String copyright;
  @Nullable
  String lyrics;
  @Nullable
  String trackNames;
  boolean isKaraoke;
  @Nullable
  TextCharset charset;

  /** The content's XXH3-128; null until it is set. */
  public @Nullable UUID contentHash() { return contentHash; }

  public void setContentHash(UUID hash) { contentHash = hash; }

  public int totalNotes() { return totalNotes; }

  public ParseStatus parseStatus() { return parseStatus; }
}
