package dev.midifleet.worker.analyze;

/** A bijection of 64 bits in which every bit of the result depends on every bit given: the finalizer of SplitMix64. */
final class Mix {
  private Mix() {}

  static long mix(long bits) {
    long mixed = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /** The same of each of a column, in place. */
  static void mix(long[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = mix(values[i]);
    }
  }
}
