package dev.midifleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.cli.AnalyzeInputs.Input;
import dev.midifleet.common.config.Settings;
import dev.midifleet.testkit.Corpus;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.AnalysisOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class AnalyzeRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  private Path folder;
  private final StringWriter err = new StringWriter();

  @Test
  void lines_come_in_the_order_of_the_files_whatever_the_threads() throws Exception {
    for (int i = 0; i < 300; i++) {
      byte[] content = i % 10 == 3 ? "no music".getBytes(UTF_8) : song(1 + i * 37 % 500);
      Files.write(folder.resolve("%03d.mid".formatted(i)), content);
    }
    Files.write(folder.resolve("last"), song(3));
    List<String> one = lines(Map.of("MIDIFLEET_THREADS", "1"), false, folder, folder.resolve("last"));
    assertThat(one).hasSize(301);
    for (int i = 0; i < 300; i++) {
      JsonNode line = JSON.readTree(one.get(i));
      assertThat(line.path("path").asText()).isEqualTo(folder + "/%03d.mid".formatted(i));
      assertThat(line.has("failure")).isEqualTo(i % 10 == 3);
      assertThat(line.path("total_notes").asInt()).isEqualTo(i % 10 == 3 ? 0 : 1 + i * 37 % 500);
    }
    assertThat(lines(Map.of("MIDIFLEET_THREADS", "5"), false, folder, folder.resolve("last"))).isEqualTo(one);
    assertThat(lines(Map.of("MIDIFLEET_READ", "map"), false, folder, folder.resolve("last"))).isEqualTo(one);
  }

  @Test
  void a_file_that_cannot_be_used_costs_only_its_own_line() throws Exception {
    Files.write(folder.resolve("a.mid"), song(4));
    Files.createFile(folder.resolve("b.mid"));
    Files.createSymbolicLink(folder.resolve("c.mid"), Path.of("c.mid"));
    Files.createSymbolicLink(folder.resolve("d.mid"), Path.of("nowhere"));
    Files.writeString(folder.resolve("e.mid"), "no music");
    Files.write(folder.resolve("f.mid"), song(4));
    Map<String, String> failures = new TreeMap<>();
    for (String line : lines(Map.of(), false, folder, folder.resolve("gone.mid"))) {
      JsonNode json = JSON.readTree(line);
      String name = Path.of(json.path("path").asText()).getFileName().toString();
      failures.put(name, json.path("failure").asText("none"));
      assertThat(json.fieldNames()).toIterable().first().isEqualTo("path");
      if (json.has("failure")) {
        assertThat(json.fieldNames()).toIterable().containsExactly("path", "failure", "reason", "byte_offset");
      } else {
        assertThat(json.path("total_notes").asInt()).isEqualTo(4);
      }
    }
    assertThat(failures).isEqualTo(Map.of("a.mid", "none", "b.mid", "EMPTY", "c.mid", "UNREADABLE", "d.mid", "MISSING",
        "e.mid", "NOT_MIDI", "f.mid", "none", "gone.mid", "MISSING"));
  }

  @Test
  void folders_give_midi_names_or_all_and_a_named_file_is_always_tried() throws Exception {
    Files.write(folder.resolve("song.bin"), song(4));
    assertThat(lines(Map.of(), false, folder)).isEmpty();
    assertThat(err).hasToString("midifleet: no MIDI files (.mid, .midi, .kar, .rmi, .smf) in " + folder
        + "; --all-files looks at every file\n");
    err.getBuffer().setLength(0);
    assertThat(lines(Map.of(), true, folder)).hasSize(1);
    assertThat(err.toString()).isEmpty();
    Path bare = Files.createDirectory(folder.resolve("bare"));
    assertThat(lines(Map.of(), true, bare, folder)).hasSize(1);
    assertThat(err).hasToString("midifleet: no files in " + bare + "\n");
    assertThat(lines(Map.of(), false, folder.resolve("song.bin"))).hasSize(1).isEqualTo(lines(Map.of(), true, folder));
  }

  @Test
  void files_of_a_hundred_megabytes_among_small_ones_do_not_break_it() throws Exception {
    for (String name : List.of("1.mid", "2.mid", "4.mid", "5.mid", "6.mid")) {
      Files.write(folder.resolve(name), song(7));
    }
    for (String name : List.of("3.mid", "7.mid", "8.mid")) {
      Path large = Files.write(folder.resolve(name), song(7));
      try (var open = new RandomAccessFile(large.toFile(), "rw")) {
        open.setLength(100_000_000);
      }
    }
    Path tooLarge = folder.resolve("9.mid");
    try (var open = new RandomAccessFile(tooLarge.toFile(), "rw")) {
      open.setLength(2_000_000_000);
    }
    List<String> lines = lines(Map.of("MIDIFLEET_THREADS", "4"), false, folder);
    assertThat(lines).hasSize(9);
    assertThat(lines.subList(0, 8)).allSatisfy(
        line -> assertThat(JSON.readTree(line).path("total_notes").asInt()).isEqualTo(7));
    assertThat(lines.get(8)).contains("\"failure\":\"TOO_LARGE\"");
  }

  @Test
  void no_more_files_are_in_flight_than_the_window_holds() throws Exception {
    Path file = Files.write(folder.resolve("a.mid"), song(1));
    var taken = new AtomicInteger();
    var lead = new AtomicInteger();
    Iterator<Input> files = new Iterator<>() {
      @Override
      public boolean hasNext() { return taken.get() < 5_000; }

      @Override
      public Input next() {
        taken.incrementAndGet();
        return new Input(file, 0);
      }
    };
    var written = new AtomicInteger();
    var out = new OutputStream() {
      @Override
      public void write(int b) { throw new IllegalStateException("lines are written whole"); }

      @Override
      public void write(byte[] bytes, int from, int count) {
        lead.accumulateAndGet(taken.get() - written.getAndIncrement(), Math::max);
      }
    };
    run(Map.of("MIDIFLEET_THREADS", "2")).run(files, out, null);
    assertThat(written).hasValue(5_000);
    assertThat(lead).hasValueBetween(1, 64);
  }

  @Test
  void a_reader_that_goes_away_ends_it() throws Exception {
    Path file = Files.write(folder.resolve("a.mid"), song(1));
    var out = new OutputStream() {
      private int room = 3;

      @Override
      public void write(int b) throws IOException { throw new IOException("Broken pipe"); }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        if (room-- == 0) throw new IOException("Broken pipe");
      }
    };
    var endless = List.of(new Input(file, 0)).iterator();
    Iterator<Input> files = new Iterator<>() {
      @Override
      public boolean hasNext() { return true; }

      @Override
      public Input next() { return endless.hasNext() ? endless.next() : new Input(file, 0); }
    };
    assertThatIOException().isThrownBy(() -> run(Map.of()).run(files, out, null)).withMessage("Broken pipe");
  }

  @Test
  void stopping_leaves_whole_lines() throws Exception {
    Path file = Files.write(folder.resolve("a.mid"), song(1));
    var out = new ByteArrayOutputStream();
    AnalyzeRun run = run(Map.of());
    var taken = new AtomicInteger();
    Iterator<Input> files = new Iterator<>() {
      @Override
      public boolean hasNext() { return true; }

      @Override
      public Input next() {
        if (taken.incrementAndGet() == 1_000) {
          run.stop();
        }
        return new Input(file, 0);
      }
    };
    run.run(files, out, null);
    assertThat(out.toString(UTF_8)).endsWith("}\n");
    assertThat(out.toString(UTF_8).lines())
        .hasSizeBetween(1_000 - 32 * Runtime.getRuntime().availableProcessors(), 1_000)
        .allSatisfy(line -> assertThat(JSON.readTree(line).path("total_notes").asInt()).isEqualTo(1));
  }

  @Test
  void the_tempo_comes_from_the_notes_when_asked_for() throws Exception {
    Path file = Files.write(folder.resolve("a.mid"), song(200));
    assertThat(JSON.readTree(lines(Map.of(), false, file).getFirst()).path("tempo_source").asText()).isEqualTo("map");
    var out = new ByteArrayOutputStream();
    new AnalyzeRun(Settings.of(Map.of()), new AnalysisOptions(true)).run(inputs(false, file), out, null);
    assertThat(JSON.readTree(out.toString(UTF_8)).path("tempo_source").asText()).isEqualTo("estimated");
  }

  @Test
  void a_folder_that_cannot_be_read_is_told_and_makes_it_incomplete() throws Exception {
    Files.write(folder.resolve("z.mid"), song(1));
    String half = ("d".repeat(200) + "/").repeat(10);
    shell("mkdir -p \"$1\" && cd \"$1\" && mkdir -p \"$1\" && cd \"$1\" && mkdir \"$2\"", half, "e".repeat(250));
    try {
      AnalyzeInputs inputs = inputs(false, folder);
      var out = new ByteArrayOutputStream();
      run(Map.of()).run(inputs, out, null);
      assertThat(out.toString(UTF_8).lines()).hasSize(1);
      assertThat(inputs.isComplete()).isFalse();
      assertThat(err.toString()).doesNotContain("no MIDI files");
      assertThat(err.toString()).startsWith("midifleet: " + folder + "/dddd").endsWith(
          ": cannot be read (File name too long): what is below it is left out\n");
    } finally {
      shell("rm -rf \"$1\"", "d".repeat(200));
    }
  }

  @Test
  void every_file_of_the_corpus_gets_a_line_without_an_internal_error() throws Exception {
    List<Path> files = Corpus.files();
    List<String> lines = lines(Map.of(), false, files.toArray(Path[]::new));
    assertThat(lines).hasSameSizeAs(files);
    for (int i = 0; i < files.size(); i++) {
      assertThat(lines.get(i)).startsWith("{\"path\":" + JSON.writeValueAsString(files.get(i).toString()))
          .doesNotContain("INTERNAL_ERROR");
    }
  }

  private static byte[] song(int notes) {
    return SmfBuilder.smf().track(track -> {
      track.tempo(0, 100);
      for (int i = 0; i < notes; i++) {
        track.note(0, 48 + i % 24, 64, 240L * i, 120);
      }
    }).bytes();
  }

  private static AnalyzeRun run(Map<String, String> environment) {
    return new AnalyzeRun(Settings.of(environment), AnalysisOptions.DEFAULT);
  }

  private AnalyzeInputs inputs(boolean allFiles, Path... paths) {
    return new AnalyzeInputs(List.of(paths), allFiles, new PrintWriter(err, true));
  }

  private List<String> lines(Map<String, String> environment, boolean allFiles, Path... paths) throws Exception {
    var out = new ByteArrayOutputStream();
    run(environment).run(inputs(allFiles, paths), out, null);
    return new ArrayList<>(out.toString(UTF_8).lines().toList());
  }

  private void shell(String script, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor()).isZero();
  }
}
