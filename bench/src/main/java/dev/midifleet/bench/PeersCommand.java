package dev.midifleet.bench;

import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.FileAnalyzer;
import dev.midifleet.worker.parse.SmfParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MidiSystem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/peers}: what others refuse and this reads. */
@Command(name = "bench/peers", mixinStandardHelpOptions = true, description = PeersCommand.DESCRIPTION)
final class PeersCommand implements Callable<Integer> {
  static final String DESCRIPTION = "Which files of a folder javax.sound.midi refuses, or another program by its own list,"
      + " and what midifleet reads of them.";

  @Parameters(paramLabel = "DIR", description = "a folder of MIDI files")
  private Path folder = Path.of(".");

  @Option(names = "--refused", paramLabel = "FILE", description = "paths that another program refused, one a line")
  private @Nullable Path list;

  private final FileAnalyzer analyzer = new Workspace(Settings.of(Map.of())).analyzer();

  @Override
  public Integer call() throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(folder)) {
      files = tree.filter(PeersCommand::isMidi).sorted().toList();
    }
    Set<Path> refused = list == null ? refusedByJavax(files) : listed(list);
    Map<String, Integer> notes = new TreeMap<>();
    int refusedByUs = 0;
    int refusedByUsAlone = 0;
    for (Path file : files) {
      int count = notesOf(file);
      refusedByUs += count < 0 ? 1 : 0;
      refusedByUsAlone += count < 0 && !refused.contains(file) ? 1 : 0;
      if (refused.contains(file) && count >= 0) {
        notes.put(folder.relativize(file).toString(), count);
      }
    }
    System.out.printf("%d files; midifleet refuses %d, the other %d%n", files.size(), refusedByUs, refused.size());
    System.out.printf("refused by midifleet alone: %d%n", refusedByUsAlone);
    System.out.printf("refused by the other alone: %d, with %d notes%n", notes.size(),
        notes.values().stream().mapToLong(Integer::longValue).sum());
    notes.forEach((file, count) -> System.out.printf("  %7d notes  %s%n", count, file));
    return 0;
  }

  private static boolean isMidi(Path path) {
    return path.getFileName().toString().toLowerCase(Locale.ROOT).matches(".*\\.(mid|midi|kar|rmi|smf)");
  }

  private static Set<Path> listed(Path list) throws IOException {
    Set<Path> paths = new HashSet<>();
    Files.readAllLines(list).forEach(line -> paths.add(Path.of(line)));
    return paths;
  }

  private static Set<Path> refusedByJavax(List<Path> files) throws IOException {
    Set<Path> refused = new HashSet<>();
    for (Path file : files) {
      try {
        MidiSystem.getSequence(new ByteArrayInputStream(Files.readAllBytes(file)));
      } catch (InvalidMidiDataException | IOException | RuntimeException e) {
        refused.add(file);
      }
    }
    return refused;
  }

  /** Less than 0 where it is refused. */
  private int notesOf(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(bytes.length + (long) SmfParser.SLACK);
      MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
      return analyzer.parse(segment, 0, bytes.length).noteCount();
    } catch (FileFailure e) {
      return -1;
    }
  }

  public static void main(String[] args) { BenchLine.start(new PeersCommand(), args); }
}
