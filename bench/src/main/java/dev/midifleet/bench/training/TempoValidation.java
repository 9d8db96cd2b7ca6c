package dev.midifleet.bench.training;

import dev.midifleet.bench.accuracy.Truth;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.analyze.tempo.TempoChoice;
import dev.midifleet.worker.analyze.tempo.TempoModel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Trains the tempo's model so that no example is judged by a model that saw it, and the one that is shipped. */
public final class TempoValidation {
  private static final double BPM_UNKNOWN = 120;
  private static final double CONFIDENCE_UNKNOWN = 0.1;
  private static final int NEWTON_STEPS = 50;
  private static final double RIDGE = 1e-6;

  /**
   * What a model says of an example.
   *
   * @param share
   *          the model's probability before calibration, 0 without candidates
   */
  public record Guess(TempoExample example, double bpm, double share, double confidence) {
    public boolean isRight() { return example.isRight(bpm); }

    public boolean isRightWithOctaves() { return example.isRightWithOctaves(bpm); }
  }

  private TempoValidation() {}

  /** Five folds by group; the calibration of a fold is fitted on the other four. */
  public static List<Guess> byFold(List<TempoExample> examples) {
    List<Guess> raw = heldOut(examples, example -> example.label().fold());
    List<Guess> guesses = new ArrayList<>();
    for (int fold = 0; fold < Truth.FOLDS; fold++) {
      int held = fold;
      double[] line = calibration(only(raw, guess -> guess.example().label().fold() != held));
      for (Guess guess : only(raw, guess -> guess.example().label().fold() == held)) {
        guesses.add(calibrated(guess, line));
      }
    }
    return guesses;
  }

  /** Each source by a model that saw only the others; not calibrated. */
  public static List<Guess> bySource(List<TempoExample> examples) {
    return heldOut(examples, example -> example.label().source());
  }

  /** The model of all examples, calibrated by the folds. */
  public static TempoModel shipped(List<TempoExample> examples) {
    double[] line = calibration(heldOut(examples, example -> example.label().fold()));
    return TempoTrainer.train(examples).calibrated(line[0], line[1]);
  }

  private static List<Guess> heldOut(List<TempoExample> examples, Function<TempoExample, Object> part) {
    List<Guess> guesses = new ArrayList<>();
    for (Object held : examples.stream().map(part).distinct().toList()) {
      TempoModel model = TempoTrainer.train(only(examples, example -> !part.apply(example).equals(held)));
      for (TempoExample example : only(examples, example -> part.apply(example).equals(held))) {
        guesses.add(guess(model, example));
      }
    }
    return guesses;
  }

  private static Guess guess(TempoModel model, TempoExample example) {
    int count = example.bpms().length;
    if (count == 0) return new Guess(example, BPM_UNKNOWN, 0, CONFIDENCE_UNKNOWN);
    var choice = new TempoChoice(KernelSelector.kernels());
    choice.choose(model, example.features(), example.bpms(), count);
    return new Guess(example, choice.bpm(), choice.share(), choice.confidence());
  }

  private static Guess calibrated(Guess guess, double[] line) {
    if (guess.share() == 0) return guess;
    double odds = line[0] * TempoChoice.logOdds(guess.share()) + line[1];
    return new Guess(guess.example(), guess.bpm(), guess.share(), 1 / (1 + Math.exp(-odds)));
  }

  /** Slope and offset of the log odds (Platt 1999), by Newton's method. */
  private static double[] calibration(List<Guess> guesses) {
    double slope = 1;
    double offset = 0;
    for (int step = 0; step < NEWTON_STEPS; step++) {
      double[] sums = new double[5];
      for (Guess guess : guesses) {
        if (guess.share() == 0) continue;
        double x = TempoChoice.logOdds(guess.share());
        double p = 1 / (1 + Math.exp(-slope * x - offset));
        double error = p - (guess.isRight() ? 1 : 0);
        double weight = p * (1 - p);
        sums[0] += error * x;
        sums[1] += error;
        sums[2] += weight * x * x;
        sums[3] += weight * x;
        sums[4] += weight;
      }
      double determinant = (sums[2] + RIDGE) * (sums[4] + RIDGE) - sums[3] * sums[3];
      slope -= (sums[0] * (sums[4] + RIDGE) - sums[1] * sums[3]) / determinant;
      offset -= (sums[1] * (sums[2] + RIDGE) - sums[0] * sums[3]) / determinant;
    }
    return new double[]{slope, offset};
  }

  private static <T> List<T> only(List<T> from, Predicate<T> which) { return from.stream().filter(which).toList(); }
}
