/**
 * Measuring, kept out of the product: a maker of corpora, and JMH benchmarks that print what they have computed beside
 * their times. In: a seed, or a folder of files. Out: MIDI files; times, with the sums that prove the work was done.
 */
@NullMarked
package dev.midifleet.bench;

import org.jspecify.annotations.NullMarked;
