package dev.midifleet.worker.parse;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * Which notes sound: of each channel and pitch the oldest is the first to be ended. While a note sounds, its place in the
 * column of ends holds the next younger note of its channel and pitch, or {@link #NONE}: the queues need no memory of
 * their own.
 */
final class NotePairing {
  private static final int NONE = -1;
  private static final int SLOTS = 16 * 128;

  /** The oldest sounding note by slot, which is channel times 128 plus pitch, or {@link #NONE}. */
  private final int[] oldest = new int[SLOTS];
  /** The youngest one; means nothing where there is no oldest. */
  private final int[] youngest = new int[SLOTS];
  private int open;
  private boolean overlapped;
  private boolean stray;

  NotePairing() { reset(); }

  /** Forgets all notes. */
  void reset() {
    Arrays.fill(oldest, NONE);
    open = 0;
    beginTrack();
  }

  void beginTrack() {
    overlapped = false;
    stray = false;
  }

  /** Whether a note began on a slot that sounded. */
  boolean isOverlapped() { return overlapped; }

  /** Whether a note was ended that did not sound. */
  boolean isStray() { return stray; }

  /** A note, whose end goes to {@code ends[note]}, begins. */
  void begin(int slot, int note, int[] ends) {
    ends[note] = NONE;
    if (oldest[slot] == NONE) {
      oldest[slot] = note;
    } else {
      ends[youngest[slot]] = note;
      overlapped = true;
    }
    youngest[slot] = note;
    open++;
  }

  /** The oldest note of the slot ends. */
  void end(int slot, int tick, int[] ends) {
    int note = oldest[slot];
    if (note == NONE) {
      stray = true;
      return;
    }
    oldest[slot] = ends[note];
    ends[note] = tick;
    open--;
  }

  /**
   * Ends at {@code tick} what still sounds. Takes no more steps than the track has notes: a file may have thousands of
   * tracks with one note each.
   *
   * @param firstNote
   *          of the track; it ends with the last note of the score
   * @return how many notes that were
   */
  int endAll(Score score, int firstNote, int tick) {
    int hanging = open;
    int[] ends = score.ends();
    int[] voices = score.voices();
    boolean isShort = score.noteCount() - firstNote < SLOTS;
    int stop = isShort ? score.noteCount() : SLOTS;
    for (int i = isShort ? firstNote : 0; i < stop && open > 0; i++) {
      int slot = isShort ? (Score.channel(voices[i]) << 7) | Score.pitch(voices[i]) : i;
      while (oldest[slot] != NONE) {
        end(slot, tick, ends);
      }
    }
    return hanging;
  }
}
