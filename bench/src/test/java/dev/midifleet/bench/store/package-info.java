/** Tests that the benchmark of the store compares what is equal, and reads what the server says. */
@NullMarked
package dev.midifleet.bench.store;

import org.jspecify.annotations.NullMarked;
