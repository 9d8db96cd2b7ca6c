package dev.midifleet.worker;

import dev.midifleet.worker.parse.ContentHash;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The platform threads that touch files: those that open, read and hash them, and those that parse and analyse them, each
 * of these with its own {@link Workspace}. A batch's virtual thread never touches a file: two blocking reads on virtual
 * threads stop all the others, commits and heartbeats included.
 *
 * <p>Reading has threads of its own, so that the files of the batches that wait are read while one is analysed: where they
 * lie on a slow disk or another host, several are asked for at once, and no core waits for them.
 */
final class Crew implements AutoCloseable {
  private final ThreadCrew<ContentHash> readers;
  private final ThreadCrew<Workspace> analysts;

  /**
   * @param size
   *          threads that parse and analyse, at least 1
   * @param readers
   *          threads that read, at least 1
   * @param workspaces
   *          called once for each thread that analyses
   */
  Crew(int size, int readers, Supplier<Workspace> workspaces) {
    this.analysts = new ThreadCrew<>("crew-", size, workspaces);
    this.readers = new ThreadCrew<>("reader-", readers, ContentHash::new);
  }

  /** Threads that parse and analyse. */
  int size() { return analysts.size(); }

  /** {@link ThreadCrew#forEach} by those that read. */
  void read(int count, ThreadCrew.FileTask<ContentHash> task, BooleanSupplier stop) throws InterruptedException {
    readers.forEach(count, task, stop);
  }

  /** {@link ThreadCrew#forEach} by those that parse and analyse. */
  void analyze(int count, ThreadCrew.FileTask<Workspace> task, BooleanSupplier stop) throws InterruptedException {
    analysts.forEach(count, task, stop);
  }

  @Override
  public void close() {
    readers.close();
    analysts.close();
  }
}
