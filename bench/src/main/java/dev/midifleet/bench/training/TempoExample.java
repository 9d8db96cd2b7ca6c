package dev.midifleet.bench.training;

import dev.midifleet.bench.accuracy.Scores;
import dev.midifleet.bench.accuracy.Truth;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.analyze.tempo.TempoCandidates;
import dev.midifleet.worker.analyze.tempo.TempoChoice;
import dev.midifleet.worker.analyze.tempo.TempoFeatures;
import dev.midifleet.worker.score.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;

/** A file with a known tempo, and the candidates that were found in it: none where there were too few notes. */
public final class TempoExample {
  private static final double[] FACTORS = {1, 2, 1 / 2.0, 3, 1 / 3.0};

  private final Truth.Label label;
  private final double truth;
  private final double[] bpms;
  private final float[] features;
  private final boolean[] right;
  private final boolean[] rightWithOctaves;

  private TempoExample(Truth.Label label, double[] bpms, float[] features) {
    this.label = label;
    this.truth = label.number("tempo_bpm");
    this.bpms = bpms;
    this.features = features;
    this.right = which(this::isRight);
    this.rightWithOctaves = which(this::isRightWithOctaves);
  }

  private boolean[] which(DoublePredicate predicate) {
    boolean[] which = new boolean[bpms.length];
    for (int i = 0; i < which.length; i++) {
      which[i] = predicate.test(bpms[i]);
    }
    return which;
  }

  /** One for each label with a tempo, in the order of the labels. */
  public static List<TempoExample> all(Truth truth) throws IOException {
    var scores = new Scores(AnalysisOptions.DEFAULT);
    var candidates = new TempoCandidates(KernelSelector.kernels());
    List<TempoExample> examples = new ArrayList<>();
    for (Truth.Label label : truth.with("tempo_bpm")) {
      Score score = scores.parse(Files.readAllBytes(label.file()));
      int first = Arrays.stream(score.onsets(), 0, score.noteCount()).min().orElse(0);
      int count = candidates.find(score, score.tempoMap().secondsAt(first));
      examples.add(new TempoExample(label, Arrays.copyOf(candidates.bpms(), count),
          Arrays.copyOf(candidates.features(), count * TempoFeatures.COUNT)));
    }
    return examples;
  }

  public Truth.Label label() { return label; }

  /** Of the candidates. */
  double[] bpms() { return bpms; }

  /** By candidate, {@link TempoFeatures#COUNT} each. */
  float[] features() { return features; }

  /** Not where there are no candidates, nor where the label (990 in hymns) is beyond all, though its third is not. */
  boolean teaches() {
    return bpms.length > 0 && truth <= TempoCandidates.BPM_MAX;
  }

  /** Whether any candidate is within 4 %. */
  public boolean hasRight() { return isAny(right); }

  /** The same, or of the double, the half, the triple or the third. */
  public boolean hasRightWithOctaves() {
    return isAny(rightWithOctaves);
  }

  private static boolean isAny(boolean[] which) {
    for (boolean each : which) {
      if (each) return true;
    }
    return false;
  }

  /** By candidate. */
  boolean[] right() { return right; }

  /** By candidate. */
  boolean[] rightWithOctaves() { return rightWithOctaves; }

  /** The source, in two where it holds different kinds. */
  public String kind() {
    return switch (label.source()) {
      case "asap" -> label.text("tempo_kind").startsWith("performance") ? "asap performances" : "asap scores";
      case "groove_drums" -> label.text("note").contains("; fill;") ? "groove_drums fills" : "groove_drums beats";
      default -> label.source();
    };
  }

  /** Within 4 %. */
  public boolean isRight(double bpm) { return near(bpm, 1); }

  /** The same, or of the double, the half, the triple or the third. */
  public boolean isRightWithOctaves(double bpm) {
    return near(bpm, FACTORS.length);
  }

  private boolean near(double bpm, int factors) {
    for (int i = 0; i < factors; i++) {
      if (Math.abs(bpm / (truth * FACTORS[i]) - 1) <= TempoChoice.TOLERANCE) return true;
    }
    return false;
  }
}
