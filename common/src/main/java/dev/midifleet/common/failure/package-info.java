/** Why a file could not be used: the kind, the place in the file, the reason. */
@NullMarked
package dev.midifleet.common.failure;

import org.jspecify.annotations.NullMarked;
