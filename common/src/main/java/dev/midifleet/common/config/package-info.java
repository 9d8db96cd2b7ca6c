/** What a person may set: environment and flags to typed, bounded values, refused at the start when they make no sense. */
@NullMarked
package dev.midifleet.common.config;

import org.jspecify.annotations.NullMarked;
