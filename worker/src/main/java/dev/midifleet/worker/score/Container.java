package dev.midifleet.worker.score;

/** What the Standard MIDI File was wrapped in. The codes are stored. */
public enum Container {
  /** Nothing, or nothing known. */
  SMF,
  /** RIFF, type RMID (RP-029). */
  RMID
}
