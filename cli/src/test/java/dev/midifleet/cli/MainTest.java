package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.config.SettingException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void help_shows_every_command_and_every_exit_code() {
    assertThat(run(Main.commandLine(), "--help")).isZero();
    assertThat(err.toString()).isEmpty();
    Main.commandLine().getSubcommands().forEach((name, command) -> {
      boolean isHidden = command.getCommandSpec().usageMessage().hidden();
      assertThat(Pattern.compile("(?m)^  " + name + "  ").matcher(out.toString()).find()).as(name)
          .isEqualTo(!isHidden);
    });
    ExitCode.table().forEach((code, meaning) -> assertThat(out.toString()).containsPattern("(?m)^  " + code + "  "));
    assertThat(ExitCode.table()).hasSize(ExitCode.values().length);
  }

  @Test
  void help_of_every_command_has_examples() {
    for (CommandLine command : leaves(Main.commandLine())) {
      out.getBuffer().setLength(0);
      String name = command.getCommandSpec().qualifiedName();
      assertThat(run(Main.commandLine(), (name.substring("midifleet ".length()) + " --help").split(" "))).isZero();
      assertThat(out.toString()).as(name).contains("Usage: " + name).containsPattern("(?m)^Examples:\\R  " + name);
    }
  }

  @Test
  void version_names_midifleet_and_java() {
    assertThat(run(Main.commandLine(), "--version")).isZero();
    assertThat(out.toString().lines()).first().asString().startsWith("midifleet ");
    assertThat(out.toString()).contains("Java 25");
  }

  @Test
  void misuse_is_one_line_that_says_what_to_do() {
    assertThat(run(Main.commandLine())).isEqualTo(ExitCode.USAGE.code());
    assertThat(err.toString()).isEqualTo("midifleet: Missing required subcommand: see midifleet --help\n");
    err.getBuffer().setLength(0);
    assertThat(fail(() -> new IllegalStateException("not run"), "x")).isEqualTo(ExitCode.USAGE.code());
    assertThat(err.toString()).isEqualTo("midifleet: Unmatched argument at index 1: 'x': see midifleet fail --help\n");
    err.getBuffer().setLength(0);
    assertThat(fail(() -> new IllegalStateException("not run"), "--no")).isEqualTo(ExitCode.USAGE.code());
    assertThat(err.toString()).startsWith("midifleet: Unknown option: '--no': see midifleet fail --help\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void a_setting_that_makes_no_sense_is_misuse() {
    assertThat(fail(() -> new SettingException("MIDIFLEET_SLOTS is 0; it must be from 1 to 64"))).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("midifleet: MIDIFLEET_SLOTS is 0; it must be from 1 to 64\n");
  }

  @Test
  void what_a_command_cannot_do_is_one_line_without_a_stack() {
    assertThat(fail(() -> new CommandException(ExitCode.UNAVAILABLE, "no database:\n start one"))).isEqualTo(69);
    assertThat(err.toString()).isEqualTo("midifleet: no database: start one\n");
  }

  @Test
  void verbose_shows_the_stack() {
    assertThat(fail(() -> new CommandException(ExitCode.UNAVAILABLE, "no database"), "-v")).isEqualTo(69);
    assertThat(err.toString()).contains("\tat dev.midifleet").endsWith("midifleet: no database\n");
  }

  @Test
  void a_fault_of_its_own_shows_its_stack_once() {
    assertThat(fail(() -> new IllegalStateException("oops"))).isEqualTo(70);
    assertThat(err.toString()).containsOnlyOnce("\tat dev.midifleet.cli.MainTest.lambda")
        .endsWith("oops: please report it with the lines above\n");
  }

  @Command(name = "fail")
  private static final class Failing implements Callable<Integer> {
    private final Supplier<RuntimeException> failure;

    Failing(Supplier<RuntimeException> failure) { this.failure = failure; }

    @Override
    public Integer call() { throw failure.get(); }
  }

  private int fail(Supplier<RuntimeException> failure, String... options) {
    var line = Main.commandLine().addSubcommand(new Failing(failure));
    List<String> arguments = new ArrayList<>(List.of("fail"));
    arguments.addAll(List.of(options));
    return run(line, arguments.toArray(String[]::new));
  }

  private int run(CommandLine line, String... arguments) {
    return line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(arguments);
  }

  private static List<CommandLine> leaves(CommandLine line) {
    Map<String, CommandLine> below = line.getSubcommands();
    if (below.isEmpty()) return List.of(line);
    return below.values().stream().distinct().flatMap(command -> leaves(command).stream()).toList();
  }
}
