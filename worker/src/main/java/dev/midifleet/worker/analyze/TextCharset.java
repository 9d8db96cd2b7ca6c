package dev.midifleet.worker.analyze;

/** How the bytes of a file's text events were read. The codes are stored. */
public enum TextCharset {
  ASCII,
  UTF_8,
  LATIN_1
}
