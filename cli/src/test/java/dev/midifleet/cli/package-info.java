/** Tests of the command, inside this process and as a process of its own. */
@NullMarked
package dev.midifleet.cli;

import org.jspecify.annotations.NullMarked;
