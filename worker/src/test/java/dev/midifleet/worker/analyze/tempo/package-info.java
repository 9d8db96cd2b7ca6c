/** Tests of the tempo from the notes. */
@NullMarked
package dev.midifleet.worker.analyze.tempo;

import org.jspecify.annotations.NullMarked;
