/** Tests of what a worker says about itself. */
@NullMarked
package dev.midifleet.common.observe;

import org.jspecify.annotations.NullMarked;
