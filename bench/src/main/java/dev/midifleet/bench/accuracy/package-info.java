/** How right the analysis is: the tables of {@code docs/accuracy.md}, computed from a labelled corpus. */
@NullMarked
package dev.midifleet.bench.accuracy;

import org.jspecify.annotations.NullMarked;
