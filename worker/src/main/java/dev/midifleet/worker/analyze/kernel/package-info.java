/**
 * The arithmetic that runs over whole columns, twice: {@code ScalarKernels} is the definition and the fallback,
 * {@code VectorKernels} the same by the Vector API, whose only user it is. In: arrays on the heap, never mapped memory.
 */
@NullMarked
package dev.midifleet.worker.analyze.kernel;

import org.jspecify.annotations.NullMarked;
