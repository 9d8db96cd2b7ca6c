/** Tests of the package of the same name. */
@NullMarked
package dev.midifleet.worker.parse;

import org.jspecify.annotations.NullMarked;
