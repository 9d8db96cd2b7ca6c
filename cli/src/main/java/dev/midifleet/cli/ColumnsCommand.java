package dev.midifleet.cli;

import dev.midifleet.worker.analyze.ColumnsPage;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code midifleet columns}: what each column means. */
@Command(name = "columns", mixinStandardHelpOptions = true,
    description = "Prints what each column means, with its type, as Markdown: the page docs/columns.md.",
    footerHeading = "%nExamples:%n", footer = {
        "  midifleet columns | grep tempo", "  midifleet columns > docs/columns.md"})
final class ColumnsCommand implements Callable<Integer> {
  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Objects.requireNonNull(spec).commandLine().getOut().print(ColumnsPage.markdown());
    Objects.requireNonNull(spec).commandLine().getOut().flush();
    return ExitCode.OK.code();
  }
}
