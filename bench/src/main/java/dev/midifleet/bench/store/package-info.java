/**
 * What a batch costs PostgreSQL and the thread that stores it, and what other statements, tables and batch sizes would
 * cost. In: generated files and a PostgreSQL of its own. Out: processor time and write-ahead log a row.
 */
@NullMarked
package dev.midifleet.bench.store;

import org.jspecify.annotations.NullMarked;
