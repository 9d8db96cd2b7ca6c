/**
 * The rows that are the truth: connections and migrations, batches and who holds them, files, dead letters. In: what a
 * producer planned and a worker found. Out: the same, durable, for whoever asks next.
 */
@NullMarked
package dev.midifleet.common.catalog;

import org.jspecify.annotations.NullMarked;
