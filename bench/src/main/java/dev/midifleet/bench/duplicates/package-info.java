/** How {@code midifleet duplicates} does on millions of rows, which are made here. */
@NullMarked
package dev.midifleet.bench.duplicates;

import org.jspecify.annotations.NullMarked;
