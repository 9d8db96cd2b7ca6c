/**
 * Questions to the rows that a person asks once they are there, such as which files are copies of each other. In: the rows.
 * Out: answers, given one by one. Everything that grows with the rows is done by PostgreSQL, in temporary tables.
 */
@NullMarked
package dev.midifleet.producer.query;

import org.jspecify.annotations.NullMarked;
