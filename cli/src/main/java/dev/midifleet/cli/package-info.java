/**
 * The command: what a person types goes in; data goes to standard output, all else to standard error, and the exit code
 * says how it ended. One picocli command a class.
 */
@NullMarked
package dev.midifleet.cli;

import org.jspecify.annotations.NullMarked;
