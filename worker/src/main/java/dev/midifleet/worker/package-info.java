/**
 * The worker: takes batches of files, reads, parses and analyses them and stores what they hold. In: messages that name
 * batches. Out: one committed transaction a batch, then the acknowledgement.
 */
@NullMarked
package dev.midifleet.worker;

import org.jspecify.annotations.NullMarked;
