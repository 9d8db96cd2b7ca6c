/** What producer and worker share: settings, rows, queue, failures, metrics, orderly stopping. */
@NullMarked
package dev.midifleet.common;

import org.jspecify.annotations.NullMarked;
