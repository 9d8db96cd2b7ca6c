package dev.midifleet.worker.analyze;

/**
 * What {@link KeyFeatures} says for and against each of the 24 keys. Where not said otherwise it is the correlation
 * (Pearson) of ticks of sound by pitch class with the profiles of Albrecht and Shanahan (2013), -1 to 1; notes belong to
 * the stretch in which they begin.
 */
public enum KeyFeature {
  /** Of the whole piece. */
  WHOLE,
  /** Of the whole piece, with the profiles of Aarden and Essen (2003). */
  WHOLE_AARDEN,
  /** Of the lowest note that begins in each half beat, one count each. */
  BASS,
  /** Of the highest note that begins in each half beat, one count each. */
  MELODY,
  /** Of the first eighth. */
  FIRST_EIGHTH,
  /** Of the last eighth. */
  LAST_EIGHTH,
  /** Of the first 24th. */
  FIRST_PART,
  /** Of the last 24th. */
  LAST_PART,
  /** Of the first chord: the notes that begin within an eighth of a beat of the first. */
  OPENING,
  /** Of the last notes: those that begin in the two beats up to the last beginning. */
  ENDING,
  /** 1 for the keys on the lowest note that sounds at the last beginning, 0 for others. */
  LAST_BASS,
  /** 1 for the keys on the highest note that sounds at the last beginning, 0 for others. */
  LAST_TOP,
  /** Share of the 24ths of the piece that have notes and correlate best with this key, 0 to 1. */
  VOTES,
  /** Share of the ticks on the key's own third less that on the third of the other mode, -1 to 1. */
  OWN_THIRD,
  /** The same of the first eighth of the piece. */
  OWN_THIRD_AT_FIRST
}
