package dev.midifleet.cli;

import dev.midifleet.producer.query.DuplicateFile;
import dev.midifleet.producer.query.DuplicateGroup;
import dev.midifleet.producer.query.DuplicateListener;
import dev.midifleet.producer.query.DuplicateTotals;
import java.io.PrintWriter;
import java.util.Locale;

/** Groups of copies as a table for people: of a large group only the first files. */
final class DuplicatesText implements DuplicateListener {
  private static final int FILES_SHOWN = 10;

  private final PrintWriter out;
  private final long groupsMax;
  private long shown;

  /**
   * @param groupsMax
   *          groups of a kind that will be told, at most
   */
  DuplicatesText(PrintWriter out, long groupsMax) {
    this.out = out;
    this.groupsMax = groupsMax;
  }

  @Override
  public void totals(DuplicateTotals totals) {
    out.println(String.format(Locale.ROOT, "%s: %,d groups of %,d files, %,d bytes; %,d bytes could be freed%s",
        totals.kind().name().toLowerCase(Locale.ROOT), totals.groups(), totals.files(), totals.bytes(),
        totals.freeableBytes(),
        totals.groups() > groupsMax ? String.format(Locale.ROOT, "; the first %,d (see --limit)", groupsMax) : ""));
  }

  @Override
  public void group(DuplicateGroup group) {
    shown = 0;
    out.println();
    out.println(
        String.format(Locale.ROOT, "%,6d.  %,d files of %,d contents, %,d bytes; %,d could be freed", group.rank(),
            group.files(), group.contents(), group.bytes(), group.freeableBytes()));
  }

  @Override
  public void file(DuplicateFile file) {
    shown++;
    if (shown > FILES_SHOWN) return;
    Double similarity = file.similarity();
    String mark = file.isKept() ? "keep" : similarity == null ? "" : String.format(Locale.ROOT, "%.2f", similarity);
    out.println(String.format(Locale.ROOT, "         %4s  %,12d  %s:%s", mark, file.sizeBytes(), file.library(),
        Printable.of(file.path())));
  }

  @Override
  public void groupEnd() {
    if (shown > FILES_SHOWN) {
      out.println(String.format(Locale.ROOT, "               and %,d more", shown - FILES_SHOWN));
    }
  }

  @Override
  public void end() { out.println(); }
}
