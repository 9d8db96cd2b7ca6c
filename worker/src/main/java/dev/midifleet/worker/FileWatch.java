package dev.midifleet.worker;

import java.nio.file.Path;

/** Told which file a thread parses and analyses. Reading is left out: a disk that does not answer is no file's fault. */
interface FileWatch {
  /** The calling thread begins with a file of a batch. */
  void begin(long batch, Path file);

  /** The calling thread is through with it, or has given it up. */
  void end();
}
