/** Tests of what the other modules' tests stand on. */
@NullMarked
package dev.midifleet.testkit;

import org.jspecify.annotations.NullMarked;
