/** What the tests of the producer share: a database of their own, and questions to its rows. */
@NullMarked
package dev.midifleet.producer;

import org.jspecify.annotations.NullMarked;
