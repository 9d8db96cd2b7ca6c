/** The embedded PostgreSQL on its real binaries, with processes that are really killed. */
@NullMarked
package dev.midifleet.embedded;

import org.jspecify.annotations.NullMarked;
