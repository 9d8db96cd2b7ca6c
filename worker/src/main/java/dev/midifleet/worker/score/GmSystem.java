package dev.midifleet.worker.score;

/** The sound set that a file asks for by a system exclusive reset. The codes are stored. */
public enum GmSystem {
  /** General MIDI 1 (RP-003): 7E 7F 09 01. */
  GM1,
  /** General MIDI 2: 7E 7F 09 03. */
  GM2,
  /** Roland GS: 41 dd 42 12 40 00 7F 00 41. */
  GS,
  /** Yamaha XG: 43 1d 4C 00 00 7E 00. */
  XG;

  private static final GmSystem[] ALL = values();

  /** The stored code: the place in the list, to which nothing may be added but at its end. */
  public int code() {
    return ordinal();
  }

  public static GmSystem ofCode(int code) { return ALL[code]; }
}
