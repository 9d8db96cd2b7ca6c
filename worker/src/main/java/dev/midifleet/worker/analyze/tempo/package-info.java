/**
 * The tempo from the times of the notes alone: notes become onsets with strengths in several bands, onsets become
 * correlations by lag, those propose candidates, each candidate is followed through the piece by a beat tracker, and a
 * small trained model chooses among the candidates.
 */
@NullMarked
package dev.midifleet.worker.analyze.tempo;

import org.jspecify.annotations.NullMarked;
