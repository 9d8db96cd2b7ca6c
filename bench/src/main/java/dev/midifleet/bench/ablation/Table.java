package dev.midifleet.bench.ablation;

import java.io.PrintWriter;
import java.util.List;

/** The table of all lines. */
final class Table {
  private Table() {}

  static void print(List<Measured> lines, PrintWriter out) {
    out.printf(
        "| strategy | hoped for | with | without | measured by | us a file with | without | speed-up | files, sum |%n"
            + "| --- | --- | --- | --- | --- | --- | --- | --- | --- |%n");
    for (Measured one : lines) {
      Line line = one.line();
      out.printf("| %s | %s | %s | %s | %s | %.1f | %.1f | %.2f | %d, %x |%n", line.title(), line.hoped(),
          line.product(), line.variant(), line.measure() == Turn.Measure.CPU ? "CPU" : "clock", one.onMicros(),
          one.offMicros(), one.ratio(), one.on().getFirst().files(), one.on().getFirst().sum());
    }
    out.flush();
  }
}
