/** Tests of the package of the same name. */
@NullMarked
package dev.midifleet.worker.score;

import org.jspecify.annotations.NullMarked;
