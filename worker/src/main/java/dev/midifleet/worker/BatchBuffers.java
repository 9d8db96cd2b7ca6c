package dev.midifleet.worker;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.FileEntry;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.common.queue.BatchMessage;
import dev.midifleet.worker.read.FileLoader;
import dev.midifleet.worker.read.LibraryBounds;
import dev.midifleet.worker.read.ReadAhead;
import dev.midifleet.worker.read.Slab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The memory of one batch in flight: made once for each slot of the worker, reset for each batch. */
final class BatchBuffers implements AutoCloseable {
  final Slab slab;
  private final List<FileSlot> slots = new ArrayList<>();
  private final long aloneFootprint;
  private final boolean linksAnywhere;
  private LibraryBounds bounds = LibraryBounds.NONE;
  private int count;

  BatchBuffers(Settings settings) {
    slab = new Slab(settings.number(Setting.BATCH_BYTES), BatchMessage.FILES_MAX);
    linksAnywhere = settings.text(Setting.LINKS).equals("anywhere");
    aloneFootprint = FileLoader.footprint(settings.number(Setting.ALONE_BYTES));
  }

  /** Gives each file of the batch its slot, and makes the slab empty. */
  void reset(Batch batch, Path libraryFolder) {
    count = batch.files().size();
    slab.reset();
    bounds = new LibraryBounds(libraryFolder, linksAnywhere);
    for (int i = 0; i < count; i++) {
      if (i == slots.size()) {
        slots.add(new FileSlot());
      }
      FileEntry file = batch.files().get(i);
      FileSlot slot = slots.get(i);
      slot.reset(file, libraryFolder);
      try {
        slot.reset(file, bounds.resolve(file.path()));
      } catch (FileFailure failure) {
        slot.failure = failure;
      }
    }
  }

  /**
   * Finds a file its place in the slab, by the size that it has when it is opened. What was registered may be old; a link
   * that led nowhere then had no size at all.
   */
  long claim(FileSlot slot, long bytes) {
    // A large file needs the worker's only permit for one, whether or not it would fit.
    slot.offset = bytes > aloneFootprint ? FileLoader.NO_ROOM : slab.claim(bytes);
    return slot.offset;
  }

  /** Called before each file is read, in their order: where reading is slow, tells the system of those that come soon. */
  void readAhead(ReadAhead readAhead, int index) {
    if (!readAhead.isWorthIt()) return;
    int last = Math.min(index + readAhead.files(), count - 1);
    for (int i = index == 0 ? 1 : index + readAhead.files(); i <= last; i++) {
      FileSlot slot = slots.get(i);
      if (slot.failure == null) {
        readAhead.advise(slot.path());
      }
    }
  }

  /** Of the batch's library. */
  LibraryBounds bounds() { return bounds; }

  int count() { return count; }

  FileSlot slot(int index) { return slots.get(index); }

  /** The slots of this batch. */
  List<FileSlot> slots() { return slots.subList(0, count); }

  /** One slot for each content that is not known. */
  List<FileSlot> firstOfEachContent(Set<UUID> known) {
    Set<UUID> seen = new HashSet<>(known);
    List<FileSlot> first = new ArrayList<>();
    for (FileSlot slot : slots()) {
      if (slot.content != null && seen.add(slot.content)) {
        first.add(slot);
      }
    }
    return first;
  }

  @Override
  public void close() { slab.close(); }
}
