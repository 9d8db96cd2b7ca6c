package dev.midifleet.producer.query;

/**
 * All groups of a kind, those included that a limit leaves out.
 *
 * @param files
 *          in all groups, links included
 * @param links
 *          of these, further names of another file of the group
 * @param bytes
 *          of all, each file once whatever its names
 * @param freeableBytes
 *          of all files but the one to keep of each group
 */
public record DuplicateTotals(DuplicateKind kind, long groups, long files, long links, long bytes,
    long freeableBytes) {}
