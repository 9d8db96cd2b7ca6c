package dev.midifleet.worker.parse;

import dev.midifleet.worker.score.GmSystem;
import dev.midifleet.worker.score.Issue;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TextEvents;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reads what is no channel message: meta events, system exclusive events, and system messages that have no place in a
 * file. Bodies that say nothing of use are passed over by their length.
 */
final class SystemEvents {
  private static final long BEYOND = -1;
  private static final int QUANTITY_MAX = 0x0FFF_FFFF;
  private static final int QUANTITY_BYTES = 4;

  private static final int TEMPO = 0x51;
  private static final int TIME_SIGNATURE = 0x58;
  private static final int KEY_SIGNATURE = 0x59;
  private static final int END_OF_TRACK = 0x2F;
  /** A number, not a text. */
  private static final int SEQUENCE_NUMBER = 0x00;
  private static final int TEXT_TYPES = 0x10;
  /** How far before a text's limit a place is looked for where it can be cut in any charset. */
  private static final int CUT_BYTES = 64;

  private final Score score;
  private final Channels channels;
  private int track;
  private boolean ended;
  private int quantity;

  SystemEvents(Score score, Channels channels) {
    this.score = score;
    this.channels = channels;
  }

  void beginTrack(int number) {
    track = number;
    ended = false;
  }

  /** Whether the end of track was read. */
  boolean isEnded() { return ended; }

  /** What {@link #quantity(MemorySegment, long, long)} read last, 0 to 2^28 - 1. */
  int quantity() { return quantity; }

  /**
   * Reads a variable-length quantity of any length.
   *
   * @return where it ends, or a negative number if that is beyond the limit
   */
  long quantity(MemorySegment bytes, long from, long limit) {
    long value = 0;
    for (long at = from; at < limit; at++) {
      int septet = Bytes.unsigned(bytes, at);
      value = Math.min((value << 7) | (septet & 0x7F), QUANTITY_MAX);
      if (septet < 0x80) {
        quantity = (int) value;
        if (at - from >= QUANTITY_BYTES) {
          score.addIssue(Issue.QUANTITY_TOO_LONG);
        }
        return at + 1;
      }
    }
    return BEYOND;
  }

  /**
   * Reads one event.
   *
   * @param status
   *          0xF0 to 0xFF
   * @param at
   *          after the status
   * @return where it ends, or a negative number if that is beyond the limit
   */
  long read(MemorySegment bytes, int status, long at, long limit, int tick) {
    if (status == 0xFF) return meta(bytes, at, limit, tick);
    if (status == 0xF0 || status == 0xF7) return exclusive(bytes, status, at, limit, tick);
    score.addIssue(Issue.SYSTEM_MESSAGE);
    long end = at + switch (status) {
      case 0xF2 -> 2;
      case 0xF1, 0xF3 -> 1;
      default -> 0;
    };
    return end <= limit ? end : BEYOND;
  }

  private long meta(MemorySegment bytes, long at, long limit, int tick) {
    if (at >= limit) return BEYOND;
    int type = Bytes.unsigned(bytes, at);
    long body = quantity(bytes, at + 1, limit);
    if (type == END_OF_TRACK) {
      ended = true;
      if (body < 0) return limit;
      long end = Math.min(body + quantity, limit);
      addIf(quantity != 0, Issue.META_LENGTH);
      return end;
    }
    if (body < 0 || quantity > limit - body) return BEYOND;
    int length = quantity;
    if (type != SEQUENCE_NUMBER && type < TEXT_TYPES) {
      text(bytes, type, body, length, tick);
    } else {
      switch (type) {
        case TEMPO -> tempo(bytes, body, length, tick);
        case TIME_SIGNATURE -> timeSignature(bytes, body, length, tick);
        case KEY_SIGNATURE -> keySignature(bytes, body, length, tick);
        default -> {
          // Nothing else changes what is heard.
        }
      }
    }
    return body + length;
  }

  private void tempo(MemorySegment bytes, long body, int length, int tick) {
    addIf(length != 3, Issue.META_LENGTH);
    if (length < 3) return;
    int micros = Bytes.bigInt(bytes, body) >>> 8;
    if (micros == 0) {
      score.addIssue(Issue.TEMPO_INVALID);
      return;
    }
    addIf(track > 0 && score.format() == 1, Issue.TEMPO_OUTSIDE_FIRST_TRACK);
    score.addTempo(tick, micros);
  }

  private void timeSignature(MemorySegment bytes, long body, int length, int tick) {
    addIf(length != 4, Issue.META_LENGTH);
    if (length < 2) return;
    int numerator = Bytes.unsigned(bytes, body);
    int power = Bytes.unsigned(bytes, body + 1);
    if (numerator == 0 || power > 7) {
      score.addIssue(Issue.SIGNATURE_INVALID);
      return;
    }
    score.timeSignatures().add(tick, (1 << (power + 8)) | numerator);
  }

  private void keySignature(MemorySegment bytes, long body, int length, int tick) {
    addIf(length != 2, Issue.META_LENGTH);
    if (length < 2) return;
    int sharps = (byte) Bytes.unsigned(bytes, body);
    int mode = Bytes.unsigned(bytes, body + 1);
    if (sharps < -7 || sharps > 7 || mode > 1) {
      score.addIssue(Issue.SIGNATURE_INVALID);
      return;
    }
    score.keySignatures().add(tick, (mode << 8) | (sharps & 0xFF));
  }

  private void text(MemorySegment bytes, int type, long body, int length, int tick) {
    TextEvents texts = score.texts();
    boolean isCut = length > texts.room(type);
    int kept = isCut ? wholeCharacters(bytes, body, texts.room(type)) : length;
    addIf(isCut, Issue.TEXT_CUT);
    if (kept > 0) {
      int to = texts.add(type, track, tick, kept);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, body, texts.bytes(), to, kept);
    }
    if (isCut) {
      texts.cut(type);
    }
  }

  /**
   * As much of a text as ends with a character, whatever its charset: a byte below 0x80 ends one in UTF-8, Latin-1,
   * Shift-JIS and their like. Where none is near, a place that is right for UTF-8.
   */
  private static int wholeCharacters(MemorySegment bytes, long body, int most) {
    for (int kept = most; kept > Math.max(0, most - CUT_BYTES); kept--) {
      if (Bytes.unsigned(bytes, body + kept - 1) < 0x80) return kept;
    }
    int kept = most;
    while (kept > 0 && (Bytes.unsigned(bytes, body + kept) & 0xC0) == 0x80) {
      kept--;
    }
    return kept;
  }

  private long exclusive(MemorySegment bytes, int status, long at, long limit, int tick) {
    long body = quantity(bytes, at, limit);
    if (body < 0) return BEYOND;
    int length = quantity;
    if (length > limit - body) {
      for (long end = at; end < limit; end++) {
        if (Bytes.unsigned(bytes, end) == 0xF7) {
          score.addIssue(Issue.SYSEX_LENGTH);
          return end + 1;
        }
      }
      return BEYOND;
    }
    if (status == 0xF0 && length >= 4) {
      message(bytes, body, length, tick);
    }
    return body + length;
  }

  /** Looks for resets and for GS drum parts: after the maker's number, the rest is fixed but for the device. */
  private void message(MemorySegment bytes, long body, int length, int tick) {
    int first = Bytes.bigInt(bytes, body);
    int second = length >= 8 ? Bytes.bigInt(bytes, body + 4) : 0;
    if ((first & 0xFF00FFFF) == 0x7E000901) {
      reset(GmSystem.GM1, tick);
    } else if ((first & 0xFF00FFFF) == 0x7E000903) {
      reset(GmSystem.GM2, tick);
    } else if ((first & 0xFFF0FFFF) == 0x43104C00 && (second & 0xFFFFFF00) == 0x007E0000) {
      reset(GmSystem.XG, tick);
    } else if ((first & 0xFF00FFFF) == 0x41004212) {
      boolean on = (second & 0xFF) != 0;
      if ((second & 0xFFFFFFFF) == 0x40007F00 || (second & 0xFFFFFF00) == 0x00007F00) {
        reset(GmSystem.GS, tick);
      } else if ((second & 0xFFF0FF00) == 0x40101500) {
        int part = (second >>> 16) & 0xF;
        channels.rhythmPart(part == 0 ? 9 : part < 10 ? part - 1 : part, on, tick);
      }
    }
  }

  private void reset(GmSystem value, int tick) {
    score.systems().add(tick, value.code());
    channels.system(value, tick);
  }

  private void addIf(boolean met, Issue issue) {
    if (met) {
      score.addIssue(issue);
    }
  }
}
