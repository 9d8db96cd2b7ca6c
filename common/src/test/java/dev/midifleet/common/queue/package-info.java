/** Tests of the queue: one contract for both implementations, and what only a real broker can show. */
@NullMarked
package dev.midifleet.common.queue;

import org.jspecify.annotations.NullMarked;
