/** Tests of a whole worker, and of the way of a batch through it, on real files and a real database. */
@NullMarked
package dev.midifleet.worker;

import org.jspecify.annotations.NullMarked;
