/** Tests of reading, on real files that change, vanish and shrink. */
@NullMarked
package dev.midifleet.worker.read;

import org.jspecify.annotations.NullMarked;
