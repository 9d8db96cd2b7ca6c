package dev.midifleet.worker.score;

import java.util.Arrays;

/**
 * Events of one kind: a tick and an int of meaning, packed into one long each, in the order of ticks once
 * {@link #sort()} was called. Events of one tick keep the order in which they were added.
 */
public final class EventList {
  /** Events that are kept: what is beyond is forgotten, and {@link #isOverfull()} says so. */
  public static final int EVENTS_MAX = 1 << 22;

  private static final int SMALL = 64;
  private static final int KEEP = 1 << 16;

  private long[] events = new long[SMALL];
  private long[] scratch = {};
  private int size;
  private boolean sorted = true;
  private boolean overfull;

  public int size() { return size; }

  public boolean isEmpty() { return size == 0; }

  /** Whether more than {@link #EVENTS_MAX} events were added. */
  public boolean isOverfull() { return overfull; }

  public int tick(int index) { return (int) (events[index] >>> 32); }

  public int value(int index) { return (int) events[index]; }

  /**
   * @param tick
   *          0 or more
   */
  public void add(int tick, int value) {
    if (size == EVENTS_MAX) {
      overfull = true;
      return;
    }
    if (size == events.length) {
      events = Arrays.copyOf(events, size * 2);
    }
    if (size > 0 && tick < tick(size - 1)) {
      sorted = false;
    }
    events[size++] = ((long) tick << 32) | (value & 0xFFFF_FFFFL);
  }

  /** Forgets all events, and memory that only a giant file needed. */
  public void reset() {
    size = 0;
    sorted = true;
    overfull = false;
    if (events.length > KEEP) {
      events = new long[SMALL];
      scratch = new long[0];
    }
  }

  /** Orders by tick, stable; nothing is done where the order stands already. Merge sort from the bottom up. */
  public void sort() {
    if (sorted) return;
    if (scratch.length != events.length) {
      scratch = new long[events.length];
    }
    for (int width = 1; width < size; width *= 2) {
      for (int low = 0; low < size; low += 2 * width) {
        merge(low, Math.min(low + width, size), Math.min(low + 2 * width, size));
      }
      long[] merged = scratch;
      scratch = events;
      events = merged;
    }
    sorted = true;
  }

  private void merge(int low, int middle, int high) {
    int left = low;
    int right = middle;
    for (int to = low; to < high; to++) {
      boolean takesLeft = left < middle && (right >= high || events[left] >>> 32 <= events[right] >>> 32);
      scratch[to] = takesLeft ? events[left++] : events[right++];
    }
  }
}
