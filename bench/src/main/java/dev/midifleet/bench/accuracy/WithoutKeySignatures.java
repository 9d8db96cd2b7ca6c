package dev.midifleet.bench.accuracy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Copies of files with every key signature (FF 59) removed, its delta time given to the next event: a detected key that
 * leans on the file's own claim shows by its absence. A file that is not by the letter comes back as it is after the
 * place where it departs.
 */
final class WithoutKeySignatures {
  private static final int MTRK = 0x4D54726B;

  private final byte[] in;
  private int at;

  private WithoutKeySignatures(byte[] in) { this.in = in; }

  static byte[] copy(byte[] file) { return new WithoutKeySignatures(file).copy(); }

  private byte[] copy() {
    var out = new ByteArrayOutputStream(in.length);
    while (at + 8 <= in.length) {
      int id = ByteBuffer.wrap(in).getInt(at);
      long length = Integer.toUnsignedLong(ByteBuffer.wrap(in).getInt(at + 4));
      if (length > in.length - at - 8) break;
      int end = at + 8 + (int) length;
      if (id == MTRK) {
        at += 8;
        byte[] track = track(end);
        out.writeBytes(ByteBuffer.allocate(8).putInt(MTRK).putInt(track.length).array());
        out.writeBytes(track);
      } else {
        out.write(in, at, end - at);
      }
      at = end;
    }
    out.write(in, at, in.length - at);
    return out.toByteArray();
  }

  private byte[] track(int end) {
    var out = new ByteArrayOutputStream(end - at);
    long carried = 0;
    int running = 0;
    while (at < end) {
      int begin = at;
      long delta = quantity(end) + carried;
      int body = at;
      int status = at < end ? in[at] & 0xFF : 0;
      if (status >= 0x80) {
        at++;
      } else {
        status = running;
      }
      int type = status == 0xFF && at < end ? in[at++] & 0xFF : -1;
      if (status >= 0xF0) {
        long length = quantity(end);
        at = (int) Math.min(end, at + length);
      } else if (status >= 0x80) {
        at = Math.min(end, at + (status >= 0xC0 && status < 0xE0 ? 1 : 2));
        running = status;
      } else {
        out.write(in, begin, end - begin);
        break;
      }
      if (type == 0x59) {
        carried = delta;
      } else {
        writeQuantity(out, delta);
        out.write(in, body, at - body);
        carried = 0;
      }
    }
    return out.toByteArray();
  }

  private long quantity(int end) {
    long value = 0;
    while (at < end) {
      int next = in[at++];
      value = (value << 7) | (next & 0x7F);
      if (next >= 0) break;
    }
    return value;
  }

  private static void writeQuantity(ByteArrayOutputStream out, long value) {
    for (int shift = 63; shift > 0; shift -= 7) {
      if (value >>> shift != 0) {
        out.write((int) (value >>> shift & 0x7F) | 0x80);
      }
    }
    out.write((int) (value & 0x7F));
  }
}
