package dev.midifleet.worker;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.store.KnownFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether libraries are mounted on this host. A batch of one that is not is held, and looked at again every few seconds:
 * given back at once, it would come again at once, until the broker gives it up. Once the worker has had time to pause, it
 * is given back, for another host may have the library; whoever waits for it waits on, so that the worker stays paused and
 * takes no batch twice for the same reason. All looks are taken by the {@link Crew}.
 */
final class Mounts {
  private static final Logger LOG = LoggerFactory.getLogger(Mounts.class);

  private static final int SAMPLE_FILES = 16;
  private static final Duration INTERVAL = Duration.ofSeconds(3);
  private static final Duration HOLD = Duration.ofSeconds(10);

  private final KnownFiles known;
  private final Settings settings;
  private final Crew crew;
  private final Drain drain;
  private final Duration interval;
  private final Duration hold;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger givenBack = new AtomicInteger();
  private volatile String missing = "";
  private volatile boolean believed;
  private volatile boolean hurried;

  Mounts(Database database, Settings settings, Crew crew, Drain drain) {
    this(database, settings, crew, drain, INTERVAL, HOLD);
  }

  /**
   * @param interval
   *          between two looks
   * @param hold
   *          how long a batch is held; longer than its worker needs to stop taking others
   */
  Mounts(Database database, Settings settings, Crew crew, Drain drain, Duration interval, Duration hold) {
    this.known = new KnownFiles(database);
    this.settings = settings;
    this.crew = crew;
    this.drain = drain;
    this.interval = interval;
    this.hold = hold;
  }

  /** Takes every library for mounted from now on. */
  void believeAll() { believed = true; }

  /** Looks once from now on, instead of waiting: a batch whose library is not there is given back. */
  void waitForNothing() {
    hurried = true;
  }

  /** Which library is missing, for people; null if no batch waits. */
  @Nullable
  String problem() { return isWaiting() ? missing : null; }

  /** Whether any batch waits for its library. */
  boolean isWaiting() { return waiting.get() > 0; }

  /** Whether a library has been away for so long that a batch was given back. */
  boolean hasGivenBack() {
    return givenBack.get() > 0;
  }

  /**
   * Waits until the library's folder is there.
   *
   * @param giveBack
   *          called once if that takes long: the batch is another's then
   * @return false if it was given back, or the worker is to stop meanwhile
   */
  boolean awaitFolder(Batch batch, Runnable giveBack) throws InterruptedException {
    Path folder = batch.library().folder(settings);
    return await(batch, () -> Files.isDirectory(folder), giveBack);
  }

  /**
   * Called when every file of a batch is missing: waits while the whole library is, as when a folder is there and nothing
   * is mounted on it. A library is there if one of some other files is, that were once analysed or at least enqueued; where
   * there are none, if its folder is not empty.
   *
   * @param giveBack
   *          called once if that takes long: the batch is another's then
   * @return false if it was given back, or the worker is to stop meanwhile
   */
  boolean awaitFiles(Batch batch, Runnable giveBack) throws InterruptedException {
    Path folder = batch.library().folder(settings);
    List<Path> sample = known.sample(batch, SAMPLE_FILES, drain::isOver).stream()
        .map(path -> folder.resolve(StoredPath.toPath(path))).toList();
    return await(batch, () -> sample.isEmpty()
        ? holdsAnything(folder)
        : sample.stream().anyMatch(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS)), giveBack);
  }

  private boolean await(Batch batch, BooleanSupplier mounted, Runnable giveBack) throws InterruptedException {
    if (believed || look(mounted)) return true;
    missing = "library \"" + batch.library().name() + "\" is not mounted at " + batch.library().folder(settings)
        + " on this host: taking no more batches until it is. Mount it there, or set MIDIFLEET_LIBRARY_"
        + batch.library().variable() + " and start again";
    LOG.error("{}", missing);
    long begin = System.nanoTime();
    boolean isHeld = true;
    waiting.incrementAndGet();
    try {
      while (true) {
        if (hurried || drain.await(interval)) return false;
        if (look(mounted)) break;
        if (isHeld && System.nanoTime() - begin > hold.toNanos()) {
          LOG.warn("batch {} is given back for a host that has library \"{}\"", batch.id(), batch.library().name());
          giveBack.run();
          isHeld = false;
          givenBack.incrementAndGet();
        }
      }
    } finally {
      waiting.decrementAndGet();
      if (!isHeld) {
        givenBack.decrementAndGet();
      }
    }
    LOG.info("library \"{}\" is back", batch.library().name());
    return isHeld;
  }

  private boolean look(BooleanSupplier mounted) throws InterruptedException {
    var found = new AtomicBoolean();
    crew.read(1, (_, _) -> found.set(mounted.getAsBoolean()), () -> false);
    return found.get();
  }

  private static boolean holdsAnything(Path folder) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      return entries.iterator().hasNext();
    } catch (IOException _) {
      return false;
    }
  }
}
