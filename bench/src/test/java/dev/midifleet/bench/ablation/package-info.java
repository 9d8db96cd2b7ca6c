/** The variants without a strategy, against the product. */
@NullMarked
package dev.midifleet.bench.ablation;

import org.jspecify.annotations.NullMarked;
