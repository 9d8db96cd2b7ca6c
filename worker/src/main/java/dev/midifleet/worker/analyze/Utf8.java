package dev.midifleet.worker.analyze;

/** UTF-8 by the letter (Unicode, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
  private Utf8() {}

  /** Bytes of the character that begins there, 1 to 4; 0 where there is none. */
  static int sizeAt(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xFF;
    if (first < 0x80) return 1;
    int size = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (size == 0 || at + size > end) return 0;
    int second = bytes[at + 1] & 0xFF;
    int from = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    int to = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < from || second > to) return 0;
    for (int i = 2; i < size; i++) {
      if ((bytes[at + i] & 0xC0) != 0x80) return 0;
    }
    return size;
  }

  /** Whether only the end of a character is missing there. */
  static boolean isCut(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xFF;
    int size = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (at + size <= end) return false;
    for (int i = at + 1; i < end; i++) {
      if ((bytes[i] & 0xC0) != 0x80) return false;
    }
    return true;
  }

  /** Whether a text is UTF-16 that says so by its byte order mark. */
  static boolean isMarkedUtf16(byte[] bytes, int from, int to) {
    if (to - from < 4 || ((to - from) & 1) != 0) return false;
    int mark = (bytes[from] & 0xFF) << 8 | (bytes[from + 1] & 0xFF);
    return mark == 0xFEFF || mark == 0xFFFE;
  }
}
