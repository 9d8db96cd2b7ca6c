package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.ControllerTable;
import dev.midifleet.worker.score.Score;

/** The column of controllers: what the parser counted, packed. */
final class ControllerData {
  private final PackedRows packed = new PackedRows();

  void analyze(Score score, Analysis into) {
    ControllerTable table = score.controllers();
    packed.clear();
    for (int place = 0; place < ControllerTable.SIZE; place++) {
      int count = table.count(place);
      if (count == 0) continue;
      packed.controller(place, count, table.min(place), table.max(place),
          (long) Math.rint((double) table.sum(place) / count * PackedRows.MEAN_UNIT));
    }
    into.controllerData = packed.bytes();
  }

  /** What a place is called in JSON. */
  static String name(int place) {
    return switch (place) {
      case ControllerTable.PITCH_BEND -> "pitch_bend";
      case ControllerTable.CHANNEL_PRESSURE -> "channel_pressure";
      case ControllerTable.KEY_PRESSURE -> "key_pressure";
      default -> Integer.toString(place);
    };
  }
}
