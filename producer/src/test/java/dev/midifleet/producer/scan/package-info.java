/** Tests of the scan, on real folders. */
@NullMarked
package dev.midifleet.producer.scan;

import org.jspecify.annotations.NullMarked;
