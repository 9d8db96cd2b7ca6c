@NullMarked
package dev.midifleet.common.lifecycle;

import org.jspecify.annotations.NullMarked;
