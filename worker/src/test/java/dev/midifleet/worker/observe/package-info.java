/** Tests of what a worker tells Java Flight Recorder. */
@NullMarked
package dev.midifleet.worker.observe;

import org.jspecify.annotations.NullMarked;
