/** What a process says about itself while it runs: counters and times, and whether it is well. */
@NullMarked
package dev.midifleet.common.observe;

import org.jspecify.annotations.NullMarked;
