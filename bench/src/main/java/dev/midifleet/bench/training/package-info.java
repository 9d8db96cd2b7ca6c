/** How the small models that the worker ships are trained from a labelled corpus. */
@NullMarked
package dev.midifleet.bench.training;

import org.jspecify.annotations.NullMarked;
