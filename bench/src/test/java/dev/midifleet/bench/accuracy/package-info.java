@NullMarked
package dev.midifleet.bench.accuracy;

import org.jspecify.annotations.NullMarked;
