package dev.midifleet.bench.ablation;

import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.FileAnalyzer;
import dev.midifleet.worker.score.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Notes as columns and notes as objects: made of bytes and counted up, or only counted up. */
final class NoteTasks {
  private NoteTasks() {}

  /** How often each pitch occurs, the sum of velocities, the last end, and the ticks that all notes sound together. */
  static final class Count {
    private static final int PRIME = 31;

    private final int[] pitches = new int[128];
    private long velocities;
    private long lastEnd;
    private long ticks;

    private void begin() {
      Arrays.fill(pitches, 0);
      velocities = 0;
      lastEnd = 0;
      ticks = 0;
    }

    long of(int[] onsets, int[] ends, int[] voices, int count) {
      begin();
      long speeds = 0;
      int last = 0;
      long sounding = 0;
      for (int i = 0; i < count; i++) {
        pitches[Score.pitch(voices[i])]++;
        speeds += Score.velocity(voices[i]);
        last = Math.max(last, ends[i]);
        sounding += ends[i] - onsets[i];
      }
      velocities = speeds;
      lastEnd = last;
      ticks = sounding;
      return sum();
    }

    long of(List<EventObjects.Note> notes) {
      begin();
      for (EventObjects.Note note : notes) {
        pitches[note.pitch]++;
        velocities += note.velocity;
        lastEnd = Math.max(lastEnd, note.end);
        ticks += note.end - note.onset;
      }
      return sum();
    }

    private long sum() {
      return (((long) Arrays.hashCode(pitches) * PRIME + velocities) * PRIME + lastEnd) * PRIME + ticks;
    }
  }

  /** The product's parse. */
  static final class Columns implements Chore.Task {
    private final LoadedCorpus corpus;
    private final FileAnalyzer analyzer = new Workspace(Settings.of(Map.of())).analyzer();
    private final Count count = new Count();

    Columns(LoadedCorpus corpus) { this.corpus = corpus; }

    @Override
    public long walk() throws FileFailure {
      long sum = 0;
      for (int i = 0; i < corpus.files(); i++) {
        Score score = analyzer.parse(corpus.segment(), corpus.offset(i), corpus.length(i));
        sum += count.of(score.onsets(), score.ends(), score.voices(), score.noteCount());
      }
      return sum;
    }
  }

  /** {@link EventObjects}. */
  record Objects(LoadedCorpus corpus, Count count) implements Chore.Task {
    Objects(LoadedCorpus corpus) { this(corpus, new Count()); }

    @Override
    public long walk() {
      long sum = 0;
      for (int i = 0; i < corpus.files(); i++) {
        sum += count.of(EventObjects.notes(EventObjects.parse(corpus.array(i))));
      }
      return sum;
    }
  }

  /** Notes of all files, as {@link Score} has them. */
  static final class ColumnWalk implements Chore.Task {
    private final List<int[][]> files = new ArrayList<>();
    private final Count count = new Count();

    ColumnWalk(LoadedCorpus corpus) {
      FileAnalyzer analyzer = new Workspace(Settings.of(Map.of())).analyzer();
      for (int i = 0; i < corpus.files(); i++) {
        Score score;
        try {
          score = analyzer.parse(corpus.segment(), corpus.offset(i), corpus.length(i));
        } catch (FileFailure e) {
          throw new IllegalStateException("a generated file is sound", e);
        }
        int notes = score.noteCount();
        files.add(new int[][]{Arrays.copyOf(score.onsets(), notes), Arrays.copyOf(score.ends(), notes),
            Arrays.copyOf(score.voices(), notes)});
      }
    }

    @Override
    public long walk() {
      long sum = 0;
      for (int[][] columns : files) {
        sum += count.of(columns[0], columns[1], columns[2], columns[0].length);
      }
      return sum;
    }
  }

  /** Notes of all files, an object each. */
  static final class ObjectWalk implements Chore.Task {
    private final List<List<EventObjects.Note>> files = new ArrayList<>();
    private final Count count = new Count();

    ObjectWalk(LoadedCorpus corpus) {
      for (int i = 0; i < corpus.files(); i++) {
        files.add(EventObjects.notes(EventObjects.parse(corpus.array(i))));
      }
    }

    @Override
    public long walk() {
      long sum = 0;
      for (List<EventObjects.Note> notes : files) {
        sum += count.of(notes);
      }
      return sum;
    }
  }
}
