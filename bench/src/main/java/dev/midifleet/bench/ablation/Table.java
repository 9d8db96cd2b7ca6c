package dev.midifleet.bench.ablation;

import java.io.PrintWriter;

/** The table, printed line by line as they are measured: a run that is broken off leaves those that it has. */
final class Table {
  private final PrintWriter out;

  /** Prints the head. */
  Table(PrintWriter out) {
    this.out = out;
    out.printf(
        "| strategy | hoped for | with | without | measured by | us a file with | without | speed-up | files, sum |%n"
            + "| --- | --- | --- | --- | --- | --- | --- | --- | --- |%n");
    out.flush();
  }

  void print(Measured one) {
    Line line = one.line();
    out.printf("| %s | %s | %s | %s | %s | %.1f | %.1f | %.2f | %d, %x |%n", line.title(), line.hoped(), line.product(),
        line.variant(), line.measure() == Turn.Measure.CPU ? "CPU" : "clock", one.onMicros(), one.offMicros(),
        one.ratio(), one.on().getFirst().files(), one.on().getFirst().sum());
    out.flush();
  }
}
