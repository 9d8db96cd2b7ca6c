package dev.midifleet.producer.query;

/**
 * All groups of a kind, those included that a limit leaves out.
 *
 * @param files
 *          in all groups
 * @param freeableBytes
 *          of all files but the one to keep of each group
 */
public record DuplicateTotals(DuplicateKind kind, long groups, long files, long bytes, long freeableBytes) {}
