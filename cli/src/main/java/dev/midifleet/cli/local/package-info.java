/** `midifleet run`: everything in one process, with a PostgreSQL of its own. In: a folder. Out: rows and a summary. */
@NullMarked
package dev.midifleet.cli.local;

import org.jspecify.annotations.NullMarked;
