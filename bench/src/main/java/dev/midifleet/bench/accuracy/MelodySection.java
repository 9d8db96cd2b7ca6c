package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FactColumns;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TextEvents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The channels of melody and bass, by what files say of them themselves: POP909's track MELODY, the one track of another
 * file whose name speaks of a melody or a singer, and the channels that play General MIDI's basses.
 */
final class MelodySection implements Section {
  private static final Pattern TUNE = Pattern.compile("melod|vocal|vox|\\bvoice\\b|\\bsing|lyric");
  private static final Pattern OTHER = Pattern.compile("back|harm|choir|bgv|counter|bass");
  private static final int BASS_FIRST = 32;
  private static final int BASS_LAST = 39;
  private static final int BASS_NOTES_MIN = 8;
  private static final int CHANNELS = 16;

  private final Scores scores = new Scores(AnalysisOptions.DEFAULT);
  private final Counts pop909 = new Counts();
  private final Counts named = new Counts();
  private final Counts bass = new Counts();

  private static final class Counts {
    private int files;
    private int right;
    private int none;

    void add(Set<Integer> expected, @Nullable Short found) {
      files++;
      right += found != null && expected.contains((int) found) ? 1 : 0;
      none += found == null ? 1 : 0;
    }

    void row(Report.Table table, String name) {
      table.row(name, files, new Share(right, files), new Share(none, files), new Share(files - right - none, files));
    }
  }

  @Override
  public String name() { return "melody"; }

  @Override
  public void run(Truth truth, Report report) throws IOException {
    for (Path file : CorpusFiles.of(truth)) {
      count(CorpusFiles.source(truth, file), Files.readAllBytes(file));
    }
    var table = report.table("melody", "Channels of melody and bass", "label", "files", "right", "none found", "wrong");
    pop909.row(table, "melody: POP909's track MELODY");
    named.row(table, "melody: tracks named so, all other sources");
    bass.row(table, "bass: General MIDI's bass programs, all sources");
  }

  private void count(String source, byte[] content) {
    Analysis analysis;
    Score score;
    try {
      analysis = scores.analyze(content);
      score = scores.parse(content);
    } catch (IOException e) {
      // Refused, and so without channels.
      return;
    }
    Set<Integer> melodies = melodies(score);
    if (melodies.size() == 1 && channels(score) > 1) {
      Counts counts = source.equals("pop909") ? pop909 : named;
      // Nottingham's and chordmelody's second track is a lead sheet's chords: too easy.
      if (!source.equals("nottingham") && !source.equals("chordmelody")) {
        counts.add(melodies, (Short) FactColumns.named("melody_channel").boxed(analysis));
      }
    }
    Set<Integer> basses = basses(score);
    if (!basses.isEmpty() && channels(score) > 1) {
      bass.add(basses, (Short) FactColumns.named("bass_channel").boxed(analysis));
    }
  }

  private static int channels(Score score) {
    Set<Integer> channels = new TreeSet<>();
    for (int i = 0; i < score.noteCount(); i++) {
      if (!Score.isDrum(score.voices()[i])) {
        channels.add(Score.channel(score.voices()[i]));
      }
    }
    return channels.size();
  }

  private static Set<Integer> melodies(Score score) {
    TextEvents texts = score.texts();
    Set<Integer> channels = new TreeSet<>();
    for (int i = 0; i < texts.size(); i++) {
      String name = new String(texts.bytes(), texts.start(i), texts.end(i) - texts.start(i),
          StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
      boolean isNamed = texts.type(i) == TextEvents.TRACK_NAME && TUNE.matcher(name).find()
          && !OTHER.matcher(name).find();
      for (int note = isNamed ? score.firstNote(texts.track(i)) : 0; isNamed
          && note < score.firstNote(texts.track(i) + 1); note++) {
        if (!Score.isDrum(score.voices()[note])) {
          channels.add(Score.channel(score.voices()[note]));
        }
      }
    }
    return channels;
  }

  /** Channels of which at least half of the notes, and eight, are of a bass. */
  private static Set<Integer> basses(Score score) {
    int[] notes = new int[CHANNELS];
    int[] ofBass = new int[CHANNELS];
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = score.voices()[i];
      if (Score.isDrum(voice)) continue;
      notes[Score.channel(voice)]++;
      ofBass[Score.channel(voice)] += Score.program(voice) >= BASS_FIRST && Score.program(voice) <= BASS_LAST ? 1 : 0;
    }
    Set<Integer> channels = new TreeSet<>();
    for (int channel = 0; channel < CHANNELS; channel++) {
      if (ofBass[channel] >= BASS_NOTES_MIN && 2 * ofBass[channel] >= notes[channel]) {
        channels.add(channel);
      }
    }
    return channels;
  }
}
