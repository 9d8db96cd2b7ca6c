package dev.midifleet.producer.plan;

/** What has been planned so far. */
public record Planned(long files, long batches, long bytes) {
  static final Planned NONE = new Planned(0, 0, 0);

  Planned plus(Planned other) { return new Planned(files + other.files, batches + other.batches, bytes + other.bytes); }
}
