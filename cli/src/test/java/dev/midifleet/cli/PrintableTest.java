package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void a_name_cannot_command_the_terminal() {
    assertThat(Printable.of("a\nb\u001B[2Jc\u009Bd\u007F")).isEqualTo("a?b?[2Jc?d?");
    assertThat(Printable.of("\u00e9\ud83d\ude00")).isEqualTo("\u00e9\ud83d\ude00");
    assertThat(Printable.of(Path.of("a\rb"))).isEqualTo("a?b");
  }

  @Test
  void a_folder_that_cannot_be_read_has_a_reason_and_its_name_once() {
    Path folder = Path.of("x/y\n");
    assertThat(Printable.unreadable(folder, new AccessDeniedException("x/y")))
        .isEqualTo("midifleet: x/y?: cannot be read (no permission): what is below it is left out");
    assertThat(Printable.unseen(folder, new AccessDeniedException("x/y")))
        .isEqualTo("midifleet: x/y?: cannot be looked at (no permission): it is tried if it is new, and what is known"
            + " of it stays; more such files of its folder are only counted");
    assertThat(Printable.reason(new NoSuchFileException("x"))).isEqualTo("it is not there");
    assertThat(Printable.reason(new FileSystemException("x", null, "Stale file handle")))
        .isEqualTo("Stale file handle");
    assertThat(Printable.reason(new FileSystemException("x"))).isEqualTo("FileSystemException");
    assertThat(Printable.reason(new IOException("broken"))).isEqualTo("broken");
  }
}
