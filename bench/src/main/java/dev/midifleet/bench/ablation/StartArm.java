package dev.midifleet.bench.ablation;

import dev.midifleet.bench.endtoend.ProcessCpu;
import dev.midifleet.cli.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code midifleet analyze} on a folder in a new process: start, warm-up and all, with what earlier runs have left for it. */
final class StartArm implements Arm {
  private static final long SECONDS_MAX = 300;

  /** What a run finds of earlier ones. */
  enum Kept {
    /** Nothing. */
    NOTHING,
    /** The archive of classes that the JVM makes by itself at its end. */
    CLASSES,
    /** An AOT cache with the profiles of a training run (JEP 483, 514, 515). */
    PROFILES
  }

  private final Context context;
  private final Path folder;
  private final String classPath;
  private final List<String> options;

  /** Makes what is kept by a run that does not count. */
  StartArm(Context context, Kept kept) throws IOException, InterruptedException {
    this.context = context;
    folder = Files.createTempDirectory(context.folder(), "start-");
    classPath = Sealed.classPath(folder);
    Path archive = folder.resolve("archive");
    options = switch (kept) {
      case NOTHING -> List.of();
      case CLASSES -> List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + archive);
      case PROFILES -> List.of("-XX:AOTCache=" + archive, "-XX:AOTMode=on");
    };
    run(kept == Kept.PROFILES ? List.of("-XX:AOTCacheOutput=" + archive) : options);
    if (kept != Kept.NOTHING && !Files.exists(archive)) {
      throw new IOException("the training run has left nothing: " + Files.readString(errors()));
    }
  }

  private Path errors() { return folder.resolve("errors.txt"); }

  @Override
  public Turn turn() throws IOException, InterruptedException { return run(options); }

  private Turn run(List<String> with) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(Jvm.words(with, classPath, Main.class));
    words.addAll(List.of("analyze", context.fewFiles().toString()));
    Path output = folder.resolve("lines.txt");
    double cpu = ProcessCpu.microsOfEndedChildren();
    long begin = System.nanoTime();
    Process process = new ProcessBuilder(words).redirectOutput(output.toFile()).redirectError(errors().toFile())
        .start();
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("analyze did not end within " + SECONDS_MAX + " s");
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (process.exitValue() != 0) throw new IOException("analyze: " + Files.readString(errors()));
    double used = ProcessCpu.microsOfEndedChildren() - cpu;
    byte[] lines = Files.readAllBytes(output);
    long sum = 0;
    for (String line : new String(lines, StandardCharsets.UTF_8).split("\n", -1)) {
      sum += Arrays.hashCode(line.getBytes(StandardCharsets.UTF_8));
    }
    return new Turn(seconds, used, context.few(), sum);
  }

  @Override
  public void close() {
    // Its folder is the context's.
  }
}
