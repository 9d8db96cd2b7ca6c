/** Tests of {@code midifleet run} from within. */
@NullMarked
package dev.midifleet.cli.local;

import org.jspecify.annotations.NullMarked;
