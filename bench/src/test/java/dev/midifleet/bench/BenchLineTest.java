package dev.midifleet.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.bench.accuracy.Truth;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;

class BenchLineTest {
  @TempDir
  private Path folder;

  @Test
  void a_folder_that_is_not_there_is_one_line() {
    String nowhere = folder.resolve("nowhere").toString();
    var err = new StringWriter();
    int code = BenchLine.of(new PeersCommand()).setErr(new PrintWriter(err, true)).execute(nowhere);
    assertThat(err).hasToString("bench/peers: " + nowhere + ": there is no such file or folder\n");
    assertThat(code).isEqualTo(BenchLine.MISUSE);
  }

  @Test
  void a_corpus_without_labels_is_one_line() {
    @Command(name = "read")
    final class Read implements Callable<Integer> {
      @Override
      public Integer call() throws Exception { return Truth.read(folder).labels().size(); }
    }
    var err = new StringWriter();
    assertThat(BenchLine.of(new Read()).setErr(new PrintWriter(err, true)).execute()).isEqualTo(BenchLine.MISUSE);
    assertThat(err).hasToString("read: " + folder.resolve("truth.tsv")
        + ": there is no such file: a corpus is a folder with its labels\n");
  }

  @Test
  void help_of_the_fuzzer_is_no_misuse() throws Exception {
    var help = new ProcessBuilder("sh", "../bench/fuzz", "--help").redirectErrorStream(true).start();
    assertThat(new String(help.getInputStream().readAllBytes(), UTF_8)).contains("bench/fuzz --minutes N");
    assertThat(help.waitFor()).isZero();
    var odd = new ProcessBuilder("sh", "../bench/fuzz", "--odd").redirectErrorStream(true).start();
    assertThat(new String(odd.getInputStream().readAllBytes(), UTF_8))
        .isEqualTo("bench/fuzz: what is --odd? See bench/fuzz --help\n");
    assertThat(odd.waitFor()).isEqualTo(BenchLine.MISUSE);
  }
}
