/**
 * The last stage before the ack. In: what became of each file of a batch. Out: rows, in one transaction, or nothing.
 */
@NullMarked
package dev.midifleet.worker.store;

import org.jspecify.annotations.NullMarked;
