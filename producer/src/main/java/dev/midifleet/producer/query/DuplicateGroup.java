package dev.midifleet.producer.query;

/**
 * Files that are copies of each other.
 *
 * @param rank
 *          its place in the list, from 1 on: what would free most comes first
 * @param files
 *          how many, exact copies among them included
 * @param contents
 *          how many of them differ in any byte
 * @param bytes
 *          of all of them
 * @param freeableBytes
 *          of all but the one to keep
 */
public record DuplicateGroup(DuplicateKind kind, long rank, long files, long contents, long bytes,
    long freeableBytes) {}
