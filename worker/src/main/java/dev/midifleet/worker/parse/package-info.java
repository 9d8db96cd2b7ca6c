/**
 * Stage 2 of a file's way: the bytes of one Standard MIDI File become a {@code Score}, or a {@code FileFailure} says why
 * not. In: a native segment whose content is followed by {@link dev.midifleet.worker.parse.SmfParser#SLACK} zero bytes.
 * Nothing that points into the segment leaves this package.
 */
@NullMarked
package dev.midifleet.worker.parse;

import org.jspecify.annotations.NullMarked;
