/** Makes the letter tables that {@code worker} tells character sets apart by. */
@NullMarked
package dev.midifleet.bench.charset;

import org.jspecify.annotations.NullMarked;
