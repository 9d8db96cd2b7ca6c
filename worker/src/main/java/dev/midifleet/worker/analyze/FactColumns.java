package dev.midifleet.worker.analyze;

import static dev.midifleet.worker.analyze.FactType.BIGINT;
import static dev.midifleet.worker.analyze.FactType.BITS;
import static dev.midifleet.worker.analyze.FactType.BOOLEAN;
import static dev.midifleet.worker.analyze.FactType.DOUBLE;
import static dev.midifleet.worker.analyze.FactType.JSON;
import static dev.midifleet.worker.analyze.FactType.SHARES;
import static dev.midifleet.worker.analyze.FactType.SMALLINT;
import static dev.midifleet.worker.analyze.FactType.TEXT;

import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.worker.score.Container;
import dev.midifleet.worker.score.GmSystem;
import dev.midifleet.worker.score.ParseStatus;
import java.util.List;

/**
 * All columns of {@code facts}, in their order. The table, the view, the JSON and the documentation follow this list; a new
 * column is added here, in {@link Analysis}, and in a migration.
 */
public final class FactColumns extends ColumnList {
  /** Changes listed in a JSON column, at most. */
  static final int CHANGES_MAX = 256;

  private static final List<FactColumn> ALL = new FactColumns().build();

  private FactColumns() {}

  public static List<FactColumn> all() { return ALL; }

  /**
   * @throws IllegalArgumentException
   *           when there is no column of that name
   */
  public static FactColumn named(String name) {
    return ALL.stream().filter(column -> column.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no column " + name));
  }

  private List<FactColumn> build() {
    identity();
    reading();
    tempo();
    tonality();
    metre();
    rhythm();
    notes();
    texture();
    harmony();
    melody();
    playing();
    instruments();
    text();
    return columns();
  }

  private void identity() {
    add("content_hash", FactType.UUID, "XXH3-128 of the file's bytes, seed 0, canonical (big-endian) form.",
        a -> a.contentHash);
    add("analyzer_version", SMALLINT, "Version of the definitions that this row was made by.",
        a -> (short) AnalyzerVersion.CURRENT);
    add("note_hash", FactType.UUID,
        "Equal for files with the same set of notes: of each the onset in 1/24 beat from the first note, pitch, length (in "
            + "classes of an octave) and whether it is a drum. Blind to text, velocity, channel, program, tempo, tracks and "
            + "scaled ticks; with SMPTE division a beat is half a second. Times beyond 2^31 - 1 steps count as that "
            + "one. NULL without notes.",
        a -> a.noteHash);
    add("note_hash_transposed", FactType.UUID,
        "The same, blind to transposition too: pitches are counted from the lowest, drums left as they are. NULL without "
            + "notes.",
        a -> a.noteHashTransposed);
    add("minhash", FactType.NUMBERS,
        "64 values of 16 bits, of which two files share about as many as their melodies and basses have in common: MinHash "
            + "(one permutation, densified) of the set of 5-grams of (interval, class of inter-onset interval) of the highest "
            + "and of the lowest line, drums out. NULL with fewer than about 8 different 5-grams.",
        a -> a.hasMinhash ? numbers(a.minhash) : null);
  }

  private void reading() {
    word("parse_status", ParseStatus.class,
        "clean: by the letter of RP-001; repaired: against it, nothing known to be lost; partial: something is missing.",
        a -> a.parseStatus);
    add("issue_bits", BIGINT, "What was met in the file, a bit each; see the table of issues.", a -> a.issueBits);
    integer("hanging_notes", "Notes that nothing ended; they were ended with their track.", a -> a.hangingNotes);
    word("container", Container.class, "What the Standard MIDI File was wrapped in: smf (nothing) or rmid (RP-029).",
        a -> a.container);
    integer("midi_format", "The header's format: 0, 1 or 2; anything else was read as 1.", a -> a.midiFormat);
    integer("division",
        "The header's division word: ticks a quarter note, or SMPTE where is_smpte; the assumed one if it was useless.",
        a -> a.division);
    flag("is_smpte", "Whether ticks are parts of SMPTE frames, so that tempo does not touch time.", a -> a.isSmpte);
    integer("track_count", "MTrk chunks that were found.", a -> a.trackCount);
    small("quality_score",
        "0 to 100: how usable the file is; it judges the file, not the music. 100, less: parse_status "
            + "partial 20, repaired 5; hanging notes up to 15 (15 times their share of the notes times 4, the "
            + "share times its factor counting up to 1), notes of no length up to 15 (times 2), notes over 30 s "
            + "at the file's mean tempo up to 15 (times 10); duration below 2 s or over 2 hours 20, below 10 s 5; "
            + "fewer than 8 notes 20, fewer than 32 5; from 16 notes on, all velocities equal 10, fewer than 5 of "
            + "them 5; from 8 notes on, one pitch and no drums 10; no tempo event 5, no time signature 3, no "
            + "title, copyright, lyrics or track name 2. Rounded; 0 without notes.",
        a -> a.qualityScore);
    add("duration_seconds", DOUBLE,
        "Seconds from the start of the file to the end of its last note, by the merged tempo map; 0 without notes.",
        a -> a.durationSeconds);
    add("duration_ticks", BIGINT, "The same in ticks.", a -> a.durationTicks);
  }

  private void tempo() {
    real("tempo_bpm",
        "Quarter notes a minute: quarter notes divided by seconds from the first note's beginning to the last one's end, "
            + "over the merged tempo map of all tracks; where tempo_source is estimated, beats a minute from the notes' "
            + "times; 120 where it is smf_default.",
        a -> a.tempoBpm);
    real("bpm_confidence",
        "0 to 1: how far to trust tempo_bpm. For an estimate, calibrated on labelled files: of those that say 0.8 about 80 "
            + "% are within 4 %. 0.9 from a map, 0.5 from a map of nothing but 120, which many programs write unasked, 0.1 "
            + "for smf_default: about as often is 120 right by chance.",
        a -> a.bpmConfidence);
    word("tempo_source", TempoSource.class,
        "map: the file's tempo events; estimated: the times of its notes; smf_default: nothing, 120 by convention.",
        a -> a.tempoSource);
    flag("has_tempo_changes", "Whether the merged tempo map has more than one tempo.", a -> a.hasTempoChanges);
    integer("tempo_change_count", "How often the tempo changes, in the whole map.", a -> a.tempoChangeCount);
    add("tempo_changes", FactType.TEMPI,
        "[{tick, second, bpm}], the initial tempo first, at most 256; NULL where the tempo never changes.",
        a -> a.tempoChanges);
    real("bpm_initial", "The tempo map at the first note, in quarter notes a minute; NULL without tempo events.",
        a -> a.bpmInitial);
    real("bpm_min", "The slowest tempo of the map from the first to the last note; NULL without tempo events.",
        a -> a.bpmMin);
    real("bpm_max", "The fastest tempo of the map from the first to the last note; NULL without tempo events.",
        a -> a.bpmMax);
    real("bpm_octave_alternative",
        "The half or double of tempo_bpm, whichever the estimate rated higher. NULL where tempo_source is not estimated, and "
            + "where neither was in question.",
        a -> a.bpmOctaveAlternative);
    real("quantized_share",
        "Share of the notes that begin on sixteenths or triplets of eighths of the tick grid, within a hundredth of a "
            + "quarter; by chance it would be 0.12. NULL without notes, and where ticks are parts of SMPTE frames.",
        a -> a.quantizedShare);
    add("is_performance", BOOLEAN,
        "Whether the notes were played rather than written: quantized_share below 0.5. So is a recording to a click, and a "
            + "written piece that lies beside its own grid. NULL where that share is.",
        a -> a.isPerformance);
    real("swing_ratio",
        "The first eighth's length over the second's, 1 straight, 2 triplet swing: the median, in the file's first 4,096 "
            + "quarters of the tick grid, over those with an onset at the beginning and one more, between 0.4 and 0.72. NULL where there are "
            + "fewer than 8 such, where ticks are parts of SMPTE frames, and where the quarter is unknown: off the grid with "
            + "no tempo but 120.",
        a -> a.swingRatio);
  }

  private void tonality() {
    add("detected_key", TEXT,
        "The key by the notes alone, drums out, such as F# minor: a softmax regression over correlations with key profiles "
            + "(whole piece, opening, ending, bass, top voice, votes of 24 parts), trained on labelled files. Of a piece "
            + "that moves it is the key it begins in. NULL below 8 pitched notes or 3 pitch classes, and where "
            + "all twelve sound equally long.",
        a -> a.detectedKey);
    real("key_confidence",
        "The model's probability of detected_key, 1/24 to 1, calibrated: of the files saying 0.8 about 80 % are right. NULL "
            + "with detected_key.",
        a -> a.keyConfidence);
    add("key_second", TEXT, "The key that came next; NULL with detected_key.", a -> a.keySecond);
    real("key_margin",
        "Natural logarithm of the odds of detected_key against key_second, 0 or more; NULL with detected_key.",
        a -> a.keyMargin);
    add("key_signature", TEXT, "What the file's first FF 59 claims, such as C major; NULL where there is none.",
        a -> a.keySignature);
    flag("has_key_changes", "Whether FF 59 events claim more than one key.", a -> a.hasKeyChanges);
    add("key_changes", JSON,
        "[{tick, second, key}] by FF 59, the initial one first, at most 256; NULL where it never changes.",
        a -> a.keyChanges);
    real("scale_consistency",
        "Largest share of the notes, drums out, in one major or natural minor scale (as MusPy has it), 7/12 to 1; NULL "
            + "without such notes.",
        a -> a.scaleConsistency);
    real("pitch_entropy",
        "Shannon entropy in bits of the pitches by note counts, drums out, 0 to 7 (as MusPy has it); NULL without such "
            + "notes.",
        a -> a.pitchEntropy);
    real("pitch_class_entropy",
        "Shannon entropy in bits of the pitch classes by note counts, drums out, 0 to 3.585 (as MusPy has it); NULL "
            + "without such notes.",
        a -> a.pitchClassEntropy);
    add("pitch_class_histogram", SHARES,
        "Share of each pitch class from C to B in the sounding ticks of all notes but drums, of which "
            + "one of no length counts as one tick; NULL without such notes.",
        a -> a.hasPitchClasses ? shares(a.pitchClassShares) : null);
  }

  private void metre() {
    small("time_signature_numerator", "Of the first FF 58; NULL, not 4, where there is none.",
        a -> a.timeSignatureNumerator);
    small("time_signature_denominator", "Of the first FF 58; NULL, not 4, where there is none.",
        a -> a.timeSignatureDenominator);
    flag("has_time_signature_changes", "Whether FF 58 events give more than one time signature.",
        a -> a.hasTimeSignatureChanges);
    add("time_signature_changes", JSON,
        "[{tick, second, numerator, denominator}], the initial one first, at most 256; NULL where it never changes.",
        a -> a.timeSignatureChanges);
    small("meter_estimate",
        "Beats a bar by the notes, blind to FF 58: 2, 3, 4, 5, 7, 10, or 6, 9 and 12 for two, three and four beats of "
            + "three, as numerators count them (logistic regression over autocorrelations). NULL with onsets in fewer than 8 "
            + "sixteenths, with SMPTE division, and where the notes do not follow the ticks' beat.",
        a -> a.meterEstimate);
  }

  private void rhythm() {
    integer("bars",
        "Bars by FF 58 (4/4 where there is none) from tick 0 to the end of the last note, the last one begun counted; NULL "
            + "with SMPTE division, 0 without notes.",
        a -> a.bars);
    real("groove_consistency",
        "0 to 1: 1 less the mean Hamming distance of the onset patterns (sixteenths) of neighbouring bars, by their "
            + "length, as in MusPy. NULL below 2 bars, and where the notes do not follow the ticks' beat.",
        a -> a.grooveConsistency);
    real("drum_pattern_consistency",
        "0 to 1: of the drum notes (onset to the sixteenth, and key) of two neighbouring bars the share that both have, on "
            + "average over the pairs with any; NULL without such pairs, and where the notes do not follow the ticks' beat.",
        a -> a.drumPatternConsistency);
    real("syncopation",
        "0 or more: metrical levels that an onset anticipates, on average over the onsets of all parts (Longuet-Higgins "
            + "and Lee 1984, onsets to the sixteenth); NULL without two onsets in a part, and where the notes do not follow "
            + "the ticks' beat.",
        a -> a.syncopation);
    real("empty_beat_rate",
        "Share of the quarters from the first note's bar to the end of the last note in which no note sounds, as in "
            + "MusPy; NULL with SMPTE division, without notes, or where no note is within a bar.",
        a -> a.emptyBeatRate);
    flag("is_loop",
        "Whether it is cut to be repeated, by rhythm alone: 1, 2, 4 or 8 bars of one time signature and tempo, from a "
            + "first beat to a bar line, with an onset in the last quarter of the last bar and, of several bars, an "
            + "earlier one with at least half of the last one's onsets. Nobody has labelled loops to measure it by.",
        a -> a.isLoop);
    real("ioi_mean_ms",
        "Mean time between successive onsets of all notes in milliseconds, those within 30 ms as one, in the "
            + "first two hours; NULL with fewer than two.",
        a -> a.ioiMeanMs);
    real("note_length_mean_beats",
        "Mean length of a note in quarter notes, drums out; NULL without such notes and with SMPTE division.",
        a -> a.noteLengthMeanBeats);
  }

  private void notes() {
    integer("total_notes", "Note-ons with a velocity above 0, drums included.", a -> a.totalNotes);
    integer("drum_notes", "Notes on drum channels.", a -> a.drumNotes);
    small("unique_pitches", "Different pitches, drums out, 0 to 128.", a -> a.uniquePitches);
    small("pitch_range_min", "The lowest pitch, drums out, 0 to 127; NULL without such notes.", a -> a.pitchRangeMin);
    small("pitch_range_max", "The highest pitch, drums out, 0 to 127; NULL without such notes.", a -> a.pitchRangeMax);
    real("avg_velocity", "Mean velocity of all notes, 1 to 127; NULL without notes.", a -> a.avgVelocity);
    real("velocity_sd", "Standard deviation of the velocities (of all notes, not of a sample); NULL without notes.",
        a -> a.velocitySd);
    small("velocity_distinct", "Different velocities, 0 to 127.", a -> a.velocityDistinct);
    real("note_density",
        "Notes a second from the first note's beginning to the last one's end; NULL where that is no time.",
        a -> a.noteDensity);
  }

  private void texture() {
    small("polyphony_max",
        "Most notes that sound at once, all tracks together, drums out; notes of no length do not count.",
        a -> a.polyphonyMax);
    real("polyphony_avg",
        "Mean number of sounding notes while any sounds, by seconds, drums out; NULL where none does.",
        a -> a.polyphonyAvg);
    real("polyphony_rate", "Share of that time in which two or more sound; NULL where none does.",
        a -> a.polyphonyRate);
    flag("is_monophonic", "Whether notes other than drums sound, and never two at once.", a -> a.isMonophonic);
    flag("is_polyphonic", "Whether two notes other than drums ever sound at once.", a -> a.isPolyphonic);
    flag("is_percussive", "Whether there are notes and all of them are drums, by channel and bank.",
        a -> a.isPercussive);
  }

  private void harmony() {
    flag("has_chords",
        "Whether it is not monophonic and three pitch classes or more (drums out) sound in at least a tenth of the beats in "
            + "which anything does.",
        a -> a.hasChords);
    add("chord_progression", FactType.CHORDS,
        "[{tick, second, chord}] by beat (a quarter note, or a dotted one in 6/8 and its like), each change once, at most 256, "
            + "of the first 4,096 beats: templates of triads on pitch classes (length times velocity) and bass, smoothed "
            + "(Viterbi), then sixths, sevenths and ninths by weight. Notation of Harte et al. (2005), as Bb:min7; N where "
            + "nothing sounds for more than two beats. NULL without chords.",
        a -> a.chordProgression);
    add("chord_types", JSON,
        "{type: share of the beats that have a chord}: maj, min, dim, aug, sus2, sus4, maj6, min6, 7, maj7, min7, minmaj7, "
            + "hdim7, dim7, 9, maj9, min9. NULL without chords.",
        a -> a.chordTypes);
    flag("has_seventh_chords", "Whether at least a twentieth of the chords, by beats, have a seventh (ninths have).",
        a -> a.hasSeventhChords);
    flag("has_extended_chords", "Whether at least a twentieth of the chords, by beats, are ninths.",
        a -> a.hasExtendedChords);
    real("chord_change_rate",
        "Changes from one chord to another a bar, over the beats that have a chord; bars by the first FF 58, of 4/4 where "
            + "there is none. NULL without chords.",
        a -> a.chordChangeRate);
    real("chord_complexity_score",
        "0 to 1: the mean of how complex the types are (by beats: plain triads 0, suspended and sixths 0.25, sevenths, dim "
            + "and aug 0.5, hdim7, dim7 and minmaj7 0.75, ninths 1) and of how varied the chords are (entropy by beats, 1 "
            + "at that of 24 equal ones). NULL without chords.",
        a -> a.chordComplexityScore);
  }

  private void melody() {
    flag("has_melody", "Whether a channel carries a melody: see melody_channel.", a -> a.hasMelody);
    small("melody_channel",
        "The line (channel of 8 notes or more on 3 pitches or more, not drums, hardly any of them begun under another) of a "
            + "mean pitch of 55 or more that most often is the highest of the lines in a beat, in a fifth of the beats or more; "
            + "counted from 0. NULL without one, as in a piano piece on one channel.",
        a -> a.melodyChannel);
    small("melodic_range", "Semitones from the lowest to the highest pitch of melody_channel; NULL with it.",
        a -> a.melodicRange);
    small("bass_channel",
        "The line of a mean pitch of 52 or less, other than the melody, that most often has the lowest note of a beat, in a "
            + "fifth of the beats or more; counted from 0. NULL without one.",
        a -> a.bassChannel);
  }

  private void playing() {
    add("controller_data", FactType.CONTROLLERS,
        "{number: {count, min, max, mean}} of each control change (0xB0, mode messages 120 to 127 among them), all channels "
            + "together, and under pitch_bend (-8192 to 8191), channel_pressure and key_pressure of those messages; NULL "
            + "where there is none.",
        a -> a.controllerData);
    add("articulation_data", JSON,
        "{legato_share, staccato_share, mean_length_ms, timing_deviation_ms}: of the successions of onsets in one part, at "
            + "most 2 quarters apart, those where a note holds for 95 % of the time or more, and for half of it or less; mean "
            + "length of a note (these three without drums); mean distance of an onset from the nearest sixteenth or triplet "
            + "eighth. A member is null where it has nothing to count; NULL without notes.",
        a -> a.articulationData);
    add("structure_data", JSON,
        "{bars, distinct, repeated_share, period_bars, section_bars, sections}: bars that are equal in onsets (to the "
            + "sixteenth) and pitches; the share equal to an earlier one; the distance in bars, 1 to 32, at which most are "
            + "equal; a letter for each 4 or 8 bars, the same where half of the bars are equal. NULL without bars, and where "
            + "the notes do not follow the ticks' beat.",
        a -> a.structureData);
  }

  private void instruments() {
    add("programs", BITS, "Programs (0 to 127) that play notes, drums out.",
        a -> bits(a.programsLow, a.programsHigh, 16));
    add("families", BITS, "The General MIDI families (program / 8, 0 to 15) of those.", a -> bits(a.families, 0, 2));
    add("drum_keys", BITS, "Keys (0 to 127) that are played on drum channels.",
        a -> bits(a.drumKeysLow, a.drumKeysHigh, 16));
    add("channels", BITS, "Channels that have notes, counted from 0: 9 is the drum channel of General MIDI.",
        a -> bits(a.channels, 0, 2));
    small("primary_program",
        "The program that plays the most notes, drums out, the lowest of equals; NULL without any.",
        a -> a.primaryProgram);
    word("gm_system", GmSystem.class,
        "The sound set of the last system exclusive reset up to the first note: gm1, gm2, gs or xg; NULL where there is none.",
        a -> a.gmSystem);
  }

  private void text() {
    add("title", TEXT,
        "What RP-026 song information ({#Title=...}) says, else a karaoke file's first @T line, else the name of the first "
            + "track (FF 03); one line; NULL where there is none of them.",
        a -> a.title);
    add("artist", TEXT,
        "Who plays or made it, only where the text says so: {#Artist=...} (RP-026), a karaoke file's second @T line, an FF 01 "
            + "at tick 0 that begins with \"artist:\", \"performed by\" or the like, else the composer said in the same ways; "
            + "NULL where nothing says it.",
        a -> a.artist);
    add("copyright", TEXT, "The first FF 02 (RP-001), one line; NULL where there is none.", a -> a.copyright);
    add("lyrics", TEXT,
        "The words of the track that has most of them, lines ended by line feeds, paragraphs by two: FF 05 by RP-017 and "
            + "RP-026 (without tags and readings), or a karaoke file's FF 01; cut to the limit; NULL where there are none.",
        a -> a.lyrics);
    add("track_names", JSON,
        "The FF 03 of all tracks as [text], in their order, at most 256; NULL where there are none.",
        a -> a.trackNames);
    flag("is_karaoke",
        "Whether the text follows the .kar convention: an FF 01 that begins with @K or @T, or a track of at least 8 FF 01 of "
            + "which 2 begin a line (/) or paragraph (\\).",
        a -> a.isKaraoke);
    word("charset", TextCharset.class,
        "The character set that all of the file's text was read in: ascii; utf_8 if all of it can be; else the one under "
            + "which its bytes are the least surprising (docs/reading.md). Control characters are left out, bytes that the "
            + "set does not have are shown as \\xE9 and set the bit text_undecodable. NULL without text.",
        a -> a.charset);
  }
}
