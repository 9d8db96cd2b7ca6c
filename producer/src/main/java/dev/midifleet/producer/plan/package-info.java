/**
 * Third stage: files whose rows say that they are new come in; batches that own them go out, even and bounded, for the
 * relay to publish.
 */
@NullMarked
package dev.midifleet.producer.plan;

import org.jspecify.annotations.NullMarked;
