/**
 * What a person does with the rows: enqueue a folder, see how a run goes, look after the dead letters. In: a command and
 * the rows. Out: rows changed in one transaction each, and what was done as plain values.
 */
@NullMarked
package dev.midifleet.producer.operate;

import org.jspecify.annotations.NullMarked;
