package dev.midifleet.worker.score;

/** How a file was read. The order is that of severity; the codes are stored. */
public enum ParseStatus {
  /** By the letter. */
  CLEAN,
  /** Against the letter somewhere, and nothing of it lost as far as one can tell. */
  REPAIRED,
  /** Something that the file once held is missing: it was cut off, or bytes made no sense and were passed over. */
  PARTIAL
}
