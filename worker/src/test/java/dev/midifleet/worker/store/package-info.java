/** Tests of the rows that a batch leaves, on a real PostgreSQL. */
@NullMarked
package dev.midifleet.worker.store;

import org.jspecify.annotations.NullMarked;
