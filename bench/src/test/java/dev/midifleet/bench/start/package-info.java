/** Tests of what is made of a worker's commits. */
@NullMarked
package dev.midifleet.bench.start;

import org.jspecify.annotations.NullMarked;
