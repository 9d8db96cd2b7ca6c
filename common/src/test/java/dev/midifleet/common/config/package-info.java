@NullMarked
package dev.midifleet.common.config;

import org.jspecify.annotations.NullMarked;
