/**
 * Whole fleets under faults: {@link dev.midifleet.faults.Midifleet} starts processes, what is broken is broken from
 * outside, and in the end the rows are counted. In: a library of made files. Out: a ledger that balances, or an error.
 */
@NullMarked
package dev.midifleet.faults;

import org.jspecify.annotations.NullMarked;
