package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.ControllerTable;
import dev.midifleet.worker.score.Score;

/** The column of controllers: what the parser counted, as JSON. */
final class ControllerData {
  /** Of the mean's decimals. */
  private static final double DIGITS = 1e3;

  private final JsonText json = new JsonText();

  void analyze(Score score, Analysis into) {
    ControllerTable table = score.controllers();
    into.controllerData = null;
    if (table.isEmpty()) return;
    json.clear().raw("{");
    String separator = "\"";
    for (int place = 0; place < ControllerTable.SIZE; place++) {
      int count = table.count(place);
      if (count == 0) continue;
      json.raw(separator);
      name(place);
      json.raw("\":{\"count\":").number(count).raw(",\"min\":").number(table.min(place)).raw(",\"max\":")
          .number(table.max(place)).raw(",\"mean\":")
          .decimal(Math.rint((double) table.sum(place) / count * DIGITS) / DIGITS).raw("}");
      separator = ",\"";
    }
    into.controllerData = json.raw("}").text();
  }

  private void name(int place) {
    switch (place) {
      case ControllerTable.PITCH_BEND -> json.raw("pitch_bend");
      case ControllerTable.CHANNEL_PRESSURE -> json.raw("channel_pressure");
      case ControllerTable.KEY_PRESSURE -> json.raw("key_pressure");
      default -> json.number(place);
    }
  }
}
