package dev.midifleet.bench;

/**
 * What a benchmark has computed: two that are to be compared must agree here first.
 *
 * @param refused
 *          files that it could not use; their bytes and notes are not counted
 */
public record Sums(int files, int refused, long bytes, long notes, long tempoChanges) {

  /** With one more file that could be used. */
  Sums plus(long fileBytes, long fileNotes, long fileTempoChanges) {
    return new Sums(files, refused, bytes + fileBytes, notes + fileNotes, tempoChanges + fileTempoChanges);
  }

  Sums plusRefused() { return new Sums(files, refused + 1, bytes, notes, tempoChanges); }
}
