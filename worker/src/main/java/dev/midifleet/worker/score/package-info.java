/**
 * What a file holds, without judgement: notes as columns, the merged tempo map, signatures, programs, text. In: what
 * {@code parse} decodes. Out: what {@code analyze} reads. Everything here is owned by one thread and reset, not made new,
 * for each file.
 */
@NullMarked
package dev.midifleet.worker.score;

import org.jspecify.annotations.NullMarked;
