package dev.midifleet.worker.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReadAheadTest {
  private static final long BYTES = 16_384;
  private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long QUICK = TimeUnit.MICROSECONDS.toNanos(15);

  private final ReadAhead readAhead = new ReadAhead(16);

  private void take(int count, long nanos) {
    for (int i = 0; i < count; i++) {
      readAhead.took(nanos, BYTES);
    }
  }

  @Test
  void system_takes_advice_on_a_file_that_is_there(@TempDir Path folder) throws Exception {
    assertThat(readAhead.advise(Files.writeString(folder.resolve("über.mid"), "MThd"))).isTrue();
    assertThat(readAhead.advise(folder.resolve("none.mid"))).isFalse();
    assertThat(readAhead.advised()).isEqualTo(1);
  }

  @Test
  void neither_links_nor_pipes_are_followed_or_awaited(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("a.mid"), "MThd");
    assertThat(readAhead.advise(Files.createSymbolicLink(folder.resolve("b.mid"), file))).isFalse();
    Path pipe = folder.resolve("pipe.mid");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThat(readAhead.advise(pipe)).isFalse();
  }

  @Test
  void begins_when_half_of_the_latest_reads_were_slow() {
    take(100, QUICK);
    take(15, SLOW);
    assertThat(readAhead.isWorthIt()).isFalse();
    take(1, SLOW);
    assertThat(readAhead.isWorthIt()).isTrue();
  }

  @Test
  void a_slow_read_now_and_then_is_none() {
    for (int i = 0; i < 100; i++) {
      take(3, QUICK);
      take(1, SLOW);
    }
    assertThat(readAhead.isWorthIt()).isFalse();
  }

  @Test
  void large_files_may_take_longer() {
    for (int i = 0; i < 100; i++) {
      readAhead.took(SLOW, 10 << 20);
    }
    assertThat(readAhead.isWorthIt()).isFalse();
  }

  @Test
  void looks_again_after_a_thousand_files() {
    take(16, SLOW);
    take(999, QUICK);
    assertThat(readAhead.isWorthIt()).isTrue();
    take(1, QUICK);
    assertThat(readAhead.isWorthIt()).isFalse();
    take(16, SLOW);
    assertThat(readAhead.isWorthIt()).isTrue();
  }

  @Test
  void never_where_it_is_switched_off() {
    var none = new ReadAhead(0);
    for (int i = 0; i < 100; i++) {
      none.took(SLOW, BYTES);
    }
    assertThat(none.isWorthIt()).isFalse();
  }
}
