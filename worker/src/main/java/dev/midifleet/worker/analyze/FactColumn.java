package dev.midifleet.worker.analyze;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One column of {@code facts}: what it is called, what it means, and how to take it from an {@link Analysis}. */
public final class FactColumn {
  /** Takes a value from an analysis; null when it is not known. */
  @FunctionalInterface
  interface Extractor {
    @Nullable
    Object of(Analysis analysis);
  }

  private final String name;
  private final FactType type;
  private final String doc;
  private final List<String> words;
  private final Extractor extractor;

  FactColumn(String name, FactType type, String doc, List<String> words, Extractor extractor) {
    this.name = name;
    this.type = type;
    this.doc = doc;
    this.words = words;
    this.extractor = extractor;
  }

  public String name() { return name; }

  public FactType type() { return type; }

  /** The column's type in PostgreSQL, such as {@code real}. */
  public String sqlType() { return type.sql(); }

  /** One or two sentences: unit, range, and what NULL means where it can be NULL. */
  public String doc() { return doc; }

  /** The words of a {@link FactType#WORD} by their stored code; empty for all other types. */
  public List<String> words() {
    return words;
  }

  public boolean isNull(Analysis analysis) { return extractor.of(analysis) == null; }

  /** The value as the Java type of {@link #type()}, or null. Arrays are new ones. */
  public @Nullable Object boxed(Analysis analysis) {
    return extractor.of(analysis);
  }

  @Override
  public String toString() { return name + " " + sqlType(); }
}
