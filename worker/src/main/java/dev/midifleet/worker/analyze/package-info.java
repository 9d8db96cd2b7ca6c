/**
 * Stage 3 of a file's way: the {@code Score} of a file becomes its facts. In: a score, owned by one thread. Out: an
 * {@link dev.midifleet.worker.analyze.Analysis}, whose columns {@link dev.midifleet.worker.analyze.FactColumns} lists.
 * One class a concern; none knows of queue or database.
 */
@NullMarked
package dev.midifleet.worker.analyze;

import org.jspecify.annotations.NullMarked;
