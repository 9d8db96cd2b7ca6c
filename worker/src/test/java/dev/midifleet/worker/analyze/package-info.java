/** Tests of the package of the same name. */
@NullMarked
package dev.midifleet.worker.analyze;

import org.jspecify.annotations.NullMarked;
