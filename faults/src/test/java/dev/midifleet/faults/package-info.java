/** Each fault by name. */
@NullMarked
package dev.midifleet.faults;

import org.jspecify.annotations.NullMarked;
