package dev.midifleet.bench.accuracy;

import java.io.IOException;

/** One subject of the report, such as the key. */
interface Section {
  /** Its name on the command line. */
  String name();

  /** Computes its tables from the corpus alone, the same ones each time. */
  void run(Truth truth, Report report) throws IOException;
}
