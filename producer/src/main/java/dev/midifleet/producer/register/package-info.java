/**
 * Second stage: the files of a scan come in; the rows of {@code files} say afterwards which are new, which have changed,
 * and which are as they were.
 */
@NullMarked
package dev.midifleet.producer.register;

import org.jspecify.annotations.NullMarked;
