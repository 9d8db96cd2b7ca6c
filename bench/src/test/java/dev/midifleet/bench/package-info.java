/** The benchmarks' own tools, against javax.sound.midi. */
@NullMarked
package dev.midifleet.bench;

import org.jspecify.annotations.NullMarked;
