/**
 * The way between producer and worker: pointers to batches, published with confirms, taken, acked. What is lost or
 * doubled here is mended from the rows. The only user of {@code com.rabbitmq}.
 */
@NullMarked
package dev.midifleet.common.queue;

import org.jspecify.annotations.NullMarked;
