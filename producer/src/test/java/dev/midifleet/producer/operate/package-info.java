/** Enqueue, status and dead letters against a real PostgreSQL. */
@NullMarked
package dev.midifleet.producer.operate;

import org.jspecify.annotations.NullMarked;
