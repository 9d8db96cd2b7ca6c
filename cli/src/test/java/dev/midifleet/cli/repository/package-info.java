/** What keeps the repository as it was meant: who may depend on whom, how long things are, what the pages say. */
@NullMarked
package dev.midifleet.cli.repository;

import org.jspecify.annotations.NullMarked;
