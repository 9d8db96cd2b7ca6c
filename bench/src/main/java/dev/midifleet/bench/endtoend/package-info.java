/** {@code bench/run}: floors, stages and the whole fleet over a real RabbitMQ and a real PostgreSQL. */
@NullMarked
package dev.midifleet.bench.endtoend;

import org.jspecify.annotations.NullMarked;
