package dev.midifleet.worker.analyze;

/** Where {@code tempo_bpm} comes from. The codes are stored. */
public enum TempoSource {
  /** The file's tempo events. */
  MAP,
  /** The times of the notes. */
  ESTIMATED,
  /** Nowhere: 120, as RP-001 has it for files that say nothing. */
  SMF_DEFAULT
}
