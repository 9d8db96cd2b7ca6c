/** First stage: a folder goes in; the files that may be MIDI come out, one by one, in a stable order. */
@NullMarked
package dev.midifleet.producer.scan;

import org.jspecify.annotations.NullMarked;
