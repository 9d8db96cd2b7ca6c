package dev.midifleet.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/generate}. */
@Command(name = "bench/generate", mixinStandardHelpOptions = true, description = GenerateCommand.DESCRIPTION)
final class GenerateCommand implements Callable<Integer> {
  static final String DESCRIPTION = "Makes MIDI files with sizes, notes and events as real collections have them. The "
      + "same seed gives the same files everywhere. Prints the sums that an analysis of them must find.";

  @Option(names = "--files", required = true, paramLabel = "N", description = "how many files")
  private int files;

  @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "which corpus (1)")
  private long seed;

  @Option(names = "--copies", paramLabel = "P", defaultValue = "0", description = "share of copies, 0 to 0.95 (0)")
  private double copies;

  @Option(names = "--to", required = true, paramLabel = "DIR", description = "where they go")
  private Path folder = Path.of(".");

  @Override
  public Integer call() throws IOException {
    System.out.println(new CorpusGenerator(seed, copies).write(files, folder));
    return 0;
  }

  public static void main(String[] args) { System.exit(new CommandLine(new GenerateCommand()).execute(args)); }
}
