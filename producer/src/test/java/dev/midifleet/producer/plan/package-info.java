/** Batches planned in a real PostgreSQL, and how a page is split. */
@NullMarked
package dev.midifleet.producer.plan;

import org.jspecify.annotations.NullMarked;
