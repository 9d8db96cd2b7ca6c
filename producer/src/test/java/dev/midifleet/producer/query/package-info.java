/** Tests of the questions to the rows, on a real PostgreSQL. */
@NullMarked
package dev.midifleet.producer.query;

import org.jspecify.annotations.NullMarked;
