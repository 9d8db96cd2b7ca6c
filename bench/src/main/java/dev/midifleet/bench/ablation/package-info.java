/**
 * {@code bench/ablation}: what each of the ten strategies gives. The product's way is measured by turns with a variant that
 * does without the strategy; the variants live here and nowhere else.
 */
@NullMarked
package dev.midifleet.bench.ablation;

import org.jspecify.annotations.NullMarked;
