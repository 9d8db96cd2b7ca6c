package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;
import org.jspecify.annotations.Nullable;

/**
 * What the file itself says of time signatures (FF 58) and keys (FF 59), over all tracks. Of several at one tick the first
 * track's counts; one that repeats what stands is no change.
 */
final class Signatures {
  private static final String[] MAJORS = {"Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#",
      "C#"};
  private static final String[] MINORS = {"Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#",
      "A#"};
  private static final int MOST_FLATS = 7;

  private final JsonText json = new JsonText();

  void analyze(Score score, Analysis into) {
    EventList times = score.timeSignatures();
    into.timeSignatureNumerator = times.isEmpty() ? Analysis.UNKNOWN : numerator(times.value(0));
    into.timeSignatureDenominator = times.isEmpty() ? Analysis.UNKNOWN : denominator(times.value(0));
    into.timeSignatureChanges = changes(times, score.tempoMap(), false);
    into.hasTimeSignatureChanges = into.timeSignatureChanges != null;
    EventList keys = score.keySignatures();
    into.keySignature = keys.isEmpty() ? null : key(keys.value(0));
    into.keyChanges = changes(keys, score.tempoMap(), true);
    into.hasKeyChanges = into.keyChanges != null;
  }

  private static int numerator(int value) { return value & 0xFF; }

  private static int denominator(int value) { return value >>> 8; }

  private static String key(int value) {
    int place = (byte) value + MOST_FLATS;
    return value >>> 8 == 0 ? MAJORS[place] + " major" : MINORS[place] + " minor";
  }

  private @Nullable String changes(EventList events, TempoMap map, boolean areKeys) {
    json.clear().raw("[");
    int listed = 0;
    int last = -1;
    for (int i = 0; i < events.size() && listed < FactColumns.CHANGES_MAX; i++) {
      // Of several at one tick the first counts, even if it only says what stands.
      if (i > 0 && events.tick(i) == events.tick(i - 1)) continue;
      if (last >= 0 && events.value(i) == events.value(last)) continue;
      last = i;
      listed++;
      int value = events.value(i);
      json.comma().raw("{\"tick\":").number(events.tick(i)).raw(",\"second\":").decimal(map.secondsAt(events.tick(i)));
      if (areKeys) {
        json.raw(",\"key\":").string(key(value)).raw("}");
      } else {
        json.raw(",\"numerator\":").number(numerator(value)).raw(",\"denominator\":").number(denominator(value))
            .raw("}");
      }
    }
    return listed < 2 ? null : json.raw("]").text();
  }
}
