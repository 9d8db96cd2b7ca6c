/** Files registered in a real PostgreSQL: what is new, changed or unchanged. */
@NullMarked
package dev.midifleet.producer.register;

import org.jspecify.annotations.NullMarked;
