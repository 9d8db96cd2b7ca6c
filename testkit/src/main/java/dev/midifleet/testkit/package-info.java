/**
 * What tests of all modules share: made MIDI files and real services. In: what a test asks for. Out: bytes, or a running
 * service that is stopped with the test run.
 */
@NullMarked
package dev.midifleet.testkit;

import org.jspecify.annotations.NullMarked;
