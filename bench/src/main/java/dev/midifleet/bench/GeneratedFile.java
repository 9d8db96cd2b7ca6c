package dev.midifleet.bench;

/** A made MIDI file and what is in it. */
public final class GeneratedFile {
  private final byte[] bytes;
  private final int notes;
  private final int tempoChanges;
  private final int tracks;

  GeneratedFile(byte[] bytes, int notes, int tempoChanges, int tracks) {
    this.bytes = bytes;
    this.notes = notes;
    this.tempoChanges = tempoChanges;
    this.tracks = tracks;
  }

  /** Its content; not a copy. */
  public byte[] bytes() { return bytes; }

  /** Note-on events with a velocity above 0; each has its end. */
  public int notes() { return notes; }

  /** Set-tempo events. */
  public int tempoChanges() { return tempoChanges; }

  /** MTrk chunks. */
  public int tracks() { return tracks; }
}
