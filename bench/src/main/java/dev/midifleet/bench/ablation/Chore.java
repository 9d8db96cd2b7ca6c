package dev.midifleet.bench.ablation;

import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** A piece of work that needs no server: what a JVM of its own does over and over, so that it has seen nothing else. */
enum Chore {
  /** Read into a buffer that is used again, and hashed. */
  READ_POOLED(20) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return ReadTasks.pooled(files); }
  },
  /** Mapped, and hashed in place. */
  READ_MAPPED(20) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return ReadTasks.mapped(files); }
  },
  /** {@link #READ_POOLED} by two threads. */
  READ_POOLED_TWICE(20) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return ReadTasks.byTwo(files, ReadTasks::pooled); }
  },
  /** {@link #READ_MAPPED} by two threads. */
  READ_MAPPED_TWICE(20) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return ReadTasks.byTwo(files, ReadTasks::mapped); }
  },
  /** Read into a native buffer of its own for each file, and hashed. */
  READ_NEW(20) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return ReadTasks.fresh(files); }
  },
  /** Parsed into columns, the notes counted up. */
  PARSE_COLUMNS(4) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return new NoteTasks.Columns(corpus); }
  },
  /** Parsed into event objects and from these into note objects, the notes counted up. */
  PARSE_OBJECTS(4) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return new NoteTasks.Objects(corpus); }
  },
  /** Columns counted up that are there already. */
  WALK_COLUMNS(60) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return new NoteTasks.ColumnWalk(corpus); }
  },
  /** Note objects counted up that are there already. */
  WALK_OBJECTS(60) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return new NoteTasks.ObjectWalk(corpus); }
  },
  /** Hash, parse and all facts. */
  ANALYSE(1) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return new AnalysisTask(corpus, false); }
  },
  /** The same with a new workspace for each file. */
  ANALYSE_NEW_WORKSPACE(1) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) { return new AnalysisTask(corpus, true); }
  },
  /** Results of the analysis stored by the product: a statement a table and batch. */
  STORE_BATCHES(1) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) {
      return new StoreTask(Settings.fromEnvironment(), corpus, StoreWay.BATCHES);
    }
  },
  /** The same by a statement a row, in transactions of a batch. */
  STORE_ROWS(1) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) {
      return new StoreTask(Settings.fromEnvironment(), corpus, StoreWay.ROWS);
    }
  },
  /** The same by a statement a row and a transaction a file. */
  STORE_FILES(1) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) {
      return new StoreTask(Settings.fromEnvironment(), corpus, StoreWay.FILES);
    }
  },
  /** As the product does it, by a new connection for each batch. */
  STORE_NEW_CONNECTIONS(1) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) {
      return new StoreTask(Settings.fromEnvironment(), corpus, StoreWay.NEW_CONNECTIONS);
    }
  },
  /** From the files to committed rows without any of the strategies. */
  LINE_PLAIN(1) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) {
      return new WholeLine(Settings.fromEnvironment(), files, WholeLine.Phase.PLAIN);
    }
  },
  /** The same after the first phase: batches in the database, one pooled buffer. */
  LINE_FIRST(1) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) {
      return new WholeLine(Settings.fromEnvironment(), files, WholeLine.Phase.FIRST);
    }
  },
  /** After the second: one workspace as well; vectors and the target are flags of the JVM. */
  LINE_SECOND(1) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) {
      return new WholeLine(Settings.fromEnvironment(), files, WholeLine.Phase.SECOND);
    }
  },
  /** After the third: several batches in flight, a connection that is kept. */
  LINE_THIRD(1) {
    @Override
    Task over(List<Path> files, LoadedCorpus corpus) {
      return new WholeLine(Settings.fromEnvironment(), files, WholeLine.Phase.THIRD);
    }
  };

  private final int walks;

  Chore(int walks) { this.walks = walks; }

  /** Whether it writes into a PostgreSQL, of whose processor time it takes account. */
  boolean isStoring() {
    return ordinal() >= STORE_BATCHES.ordinal();
  }

  /** How often a turn walks through the files, so that it lasts long enough for a clock of 10 ms. */
  int walks() {
    return walks;
  }

  /**
   * @param corpus
   *          the same files in memory
   */
  abstract Task over(List<Path> files, LoadedCorpus corpus);

  /** One walk through all files. */
  @FunctionalInterface
  interface Task {
    /** What has to be done before a walk, and does not count. */
    default void prepare() throws SQLException {
      // Most want nothing.
    }

    /** Returns a sum of what was computed. */
    long walk() throws IOException, FileFailure, SQLException;

    /** A sum of all that is computed, for those whose {@link #walk} sums little so as not to be slowed down. */
    default long wholeSum() throws IOException, FileFailure, SQLException {
      return walk();
    }
  }
}
