package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.ChordTruth.Chord;
import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.ChordDecoder;
import dev.midifleet.worker.analyze.ChordModel;
import dev.midifleet.worker.analyze.Chords;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;
import java.io.IOException;
import java.util.List;
import java.util.function.IntFunction;

/** Chords by beat, against POP909's annotations, on the folds that the templates were not tuned on. */
final class ChordSection implements Section {
  /** Folds below this one were for tuning. */
  private static final int TUNED_FOLDS = 2;
  private static final String[] ROOTS = {"C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"};

  private final Kernels kernels = KernelSelector.kernels();
  private final Scores scores = new Scores(AnalysisOptions.DEFAULT);

  /** A way to name the chord of a beat. */
  private record Method(String name, Chords chords, boolean isBassAlone) {}

  @Override
  public String name() { return "chords"; }

  @Override
  public void run(Truth truth, Report report) throws IOException {
    List<ChordTruth> songs = ChordTruth.all(truth).stream().filter(song -> song.label().fold() >= TUNED_FOLDS).toList();
    if (songs.isEmpty()) return;
    Chords smooth = new Chords(kernels, ChordModel.smooth());
    Chords beatByBeat = new Chords(kernels, ChordModel.beatByBeat());
    var table = report.table("chords", "Chords by beat, " + songs.size() + " songs of POP909", "method", "beats",
        "root",
        "root and triad", "root and quality");
    for (Method method : List.of(new Method("lowest note as the root of a major triad", smooth, true),
        new Method("templates, each beat for itself", beatByBeat, false),
        new Method("templates, smoothed (the product)", smooth, false))) {
      int[] counts = score(songs, method);
      table.row(method.name(), counts[0], new Share(counts[1], counts[0]), new Share(counts[2], counts[0]),
          new Share(counts[3], counts[0]));
    }
  }

  private int[] score(List<ChordTruth> songs, Method method) throws IOException {
    int[] counts = new int[4];
    for (ChordTruth song : songs) {
      Score score = scores.parse(song.label().file());
      Chords chords = method.chords();
      int count = chords.label(score);
      ChordDecoder decoder = chords.decoder();
      IntFunction<String> chord = method.isBassAlone() ? beat -> bass(decoder, beat) : chords::chord;
      int beat = 0;
      for (ChordTruth.Beat expected : song.beats()) {
        while (beat + 1 < count && score.tempoMap().secondsAt(decoder.tick(beat + 1)) <= expected.second()) {
          beat++;
        }
        boolean isBefore = score.tempoMap().secondsAt(decoder.tick(beat)) > expected.second();
        boolean isAfter = score.tempoMap().secondsAt(decoder.tick(beat + 1)) <= expected.second();
        Chord found = Chord.parse(isBefore || isAfter ? "N" : chord.apply(beat));
        boolean isRoot = found.root() == expected.chord().root();
        counts[0]++;
        counts[1] += isRoot ? 1 : 0;
        counts[2] += isRoot && found.triad().equals(expected.chord().triad()) ? 1 : 0;
        counts[3] += isRoot && found.quality().equals(expected.chord().quality()) ? 1 : 0;
      }
    }
    return counts;
  }

  private static String bass(ChordDecoder decoder, int beat) {
    int pitch = decoder.bass(beat);
    return pitch < 0 ? "N" : ROOTS[pitch % ROOTS.length] + ":maj";
  }
}
