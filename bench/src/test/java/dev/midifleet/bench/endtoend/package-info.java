/** Tests of the benchmark of whole fleets, and the guard against regressions. */
@NullMarked
package dev.midifleet.bench.endtoend;

import org.jspecify.annotations.NullMarked;
