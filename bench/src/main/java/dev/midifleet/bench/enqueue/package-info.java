/** {@code bench/enqueue}: what enqueueing costs a file, and what a fleet's queries cost over millions of rows. */
@NullMarked
package dev.midifleet.bench.enqueue;

import org.jspecify.annotations.NullMarked;
