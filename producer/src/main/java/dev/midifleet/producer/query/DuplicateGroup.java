package dev.midifleet.producer.query;

/**
 * Files that are copies of each other. A group that is one file under several names is none.
 *
 * @param rank
 *          its place in the list, from 1 on: what would free most comes first
 * @param files
 *          how many names, exact copies and links among them included
 * @param links
 *          how many of these are only further names of another, hard or symbolic links; within a library, as the last scan
 *          saw it
 * @param contents
 *          how many of them differ in any byte
 * @param bytes
 *          of all of them, each file once whatever its names
 * @param freeableBytes
 *          of all but the one to keep
 */
public record DuplicateGroup(DuplicateKind kind, long rank, long files, long links, long contents, long bytes,
    long freeableBytes) {}
