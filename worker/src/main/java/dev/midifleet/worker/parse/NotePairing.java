package dev.midifleet.worker.parse;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * Which notes sound: of each channel and pitch the oldest is the first to be ended. Mostly one sounds alone, and the parser
 * sees to that itself, in {@link #oldest()}. Where several do, the place of each in the column of ends holds the next
 * younger one until it ends: the queues need no memory of their own.
 */
final class NotePairing {
  static final int NONE = -1;
  /** Beside the oldest of several notes; more than any note's number. */
  static final int SEVERAL = 1 << 30;
  private static final int SLOTS = 16 * 128;

  private final int[] oldest = new int[SLOTS];
  /** The youngest one; means nothing where there are not several. */
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

  /**
   * By slot, which is channel times 128 plus pitch: -1 where nothing sounds, the number of a note that sounds alone, or
   * one from 2^30 on where several do, which are the business of {@link #begin} and {@link #end}.
   */
  int[] oldest() { return oldest; }

  /** So many more notes sound than {@link #begin} and {@link #end} know of. */
  void addOpen(int notes) {
    open += notes;
  }

  /** A note, whose end goes to {@code ends[note]}, begins. */
  void begin(int slot, int note, int[] ends) {
    int old = oldest[slot];
    open++;
    if (old == NONE) {
      oldest[slot] = note;
      return;
    }
    ends[(old & SEVERAL) == 0 ? old : youngest[slot]] = note;
    oldest[slot] = old | SEVERAL;
    youngest[slot] = note;
    overlapped = true;
  }

  /** The oldest note of the slot ends. */
  void end(int slot, int tick, int[] ends) {
    int old = oldest[slot];
    if (old == NONE) {
      stray = true;
      return;
    }
    int note = old & ~SEVERAL;
    int next = ends[note];
    if (old == note) {
      oldest[slot] = NONE;
    } else {
      oldest[slot] = next == youngest[slot] ? next : next | SEVERAL;
    }
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
