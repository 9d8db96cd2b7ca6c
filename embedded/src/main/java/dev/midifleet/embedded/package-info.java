/**
 * A PostgreSQL for machines that run none: a data folder goes in, a running, durable server comes out, and stops with
 * this process however it ends. The binaries come from the class path and are unpacked once a user.
 */
@NullMarked
package dev.midifleet.embedded;

import org.jspecify.annotations.NullMarked;
