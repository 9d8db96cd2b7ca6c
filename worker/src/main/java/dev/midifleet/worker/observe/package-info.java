/**
 * What a worker tells Java Flight Recorder: an event a file and stage, an event a batch and stage, all of them off unless a
 * {@link dev.midifleet.worker.observe.FlightRecording} is made.
 */
@NullMarked
package dev.midifleet.worker.observe;

import org.jspecify.annotations.NullMarked;
