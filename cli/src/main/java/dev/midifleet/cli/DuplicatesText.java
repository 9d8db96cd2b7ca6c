package dev.midifleet.cli;

import dev.midifleet.producer.query.DuplicateFile;
import dev.midifleet.producer.query.DuplicateGroup;
import dev.midifleet.producer.query.DuplicateKind;
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
  /** Whether the files of a group differ in their notes, of the kind that is told. */
  private boolean filesDiffer;

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
    filesDiffer = totals.kind() == DuplicateKind.TRANSPOSED || totals.kind() == DuplicateKind.NEAR;
    out.println(String.format(Locale.ROOT, "%s: %s of %s%s, %s; %s %s%s",
        totals.kind().name().toLowerCase(Locale.ROOT), Amount.of(totals.groups(), "group"),
        Amount.of(totals.files(), "file"), links(totals.links()), Amount.of(totals.bytes(), "byte"),
        Amount.of(totals.freeableBytes(), "byte"), freeable(),
        totals.groups() > groupsMax ? String.format(Locale.ROOT, "; the first %,d (see --limit)", groupsMax) : ""));
    if (filesDiffer) {
      out.println("The files of a group differ in their notes: look and listen before anything is deleted.");
    }
  }

  /** What is not to keep: of different files nobody should read that it may go. */
  private String freeable() {
    return filesDiffer ? "beside those to keep" : "could be freed";
  }

  @Override
  public void group(DuplicateGroup group) {
    shown = 0;
    out.println();
    out.println(
        String.format(Locale.ROOT, "%,6d.  %s%s of %s, %s; %,d %s", group.rank(),
            Amount.of(group.files(), "file"), links(group.links()), Amount.of(group.contents(), "content"),
            Amount.of(group.bytes(), "byte"), group.freeableBytes(), freeable()));
  }

  @Override
  public void file(DuplicateFile file) {
    shown++;
    if (shown > FILES_SHOWN) return;
    Double similarity = file.similarity();
    String mark = file.isKept()
        ? "keep"
        : file.isLink() ? "link" : similarity == null ? "" : String.format(Locale.ROOT, "%.2f", similarity);
    out.println(String.format(Locale.ROOT, "         %4s  %,12d  %s:%s", mark, file.sizeBytes(), file.library(),
        Printable.of(file.path())));
  }

  private static String links(long links) {
    return links == 0 ? "" : String.format(Locale.ROOT, " (%,d of them links)", links);
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
