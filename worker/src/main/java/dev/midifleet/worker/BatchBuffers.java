package dev.midifleet.worker;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.FileEntry;
import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.queue.BatchMessage;
import dev.midifleet.worker.read.FileLoader;
import dev.midifleet.worker.read.Slab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The memory of one batch in flight: made once for each slot of the worker, reset for each batch. */
final class BatchBuffers implements AutoCloseable {
  final Slab slab;
  private final List<FileSlot> slots = new ArrayList<>();
  private int count;

  BatchBuffers(Settings settings) { slab = new Slab(settings.number(Setting.BATCH_BYTES), BatchMessage.FILES_MAX); }

  /** Gives each file of the batch its slot, and its place in the slab by the size that was registered. */
  void reset(Batch batch, Path libraryFolder) {
    count = batch.files().size();
    long next = 0;
    for (int i = 0; i < count; i++) {
      if (i == slots.size()) {
        slots.add(new FileSlot());
      }
      FileEntry file = batch.files().get(i);
      long room = Math.min(FileLoader.footprint(file.sizeBytes()), slab.sizeBytes() - next);
      slots.get(i).reset(file, libraryFolder.resolve(StoredPath.toPath(file.path())), next, room);
      next += room;
    }
  }

  int count() { return count; }

  FileSlot slot(int index) { return slots.get(index); }

  /** The slots of this batch. */
  List<FileSlot> slots() { return slots.subList(0, count); }

  @Override
  public void close() { slab.close(); }
}
