/** {@code bench/start}: how long a process takes until it is there, and until it is fast. */
@NullMarked
package dev.midifleet.bench.start;

import org.jspecify.annotations.NullMarked;
