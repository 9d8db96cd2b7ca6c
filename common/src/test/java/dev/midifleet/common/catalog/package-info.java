/** The rows in a real PostgreSQL: the protocol of a batch, libraries, runs, connections. */
@NullMarked
package dev.midifleet.common.catalog;

import org.jspecify.annotations.NullMarked;
