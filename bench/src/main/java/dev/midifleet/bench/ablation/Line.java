package dev.midifleet.bench.ablation;

/**
 * A line of the table.
 *
 * @param strategy
 *          its short name
 * @param title
 *          its name in the plan
 * @param hoped
 *          the speed-up that the plan hoped for
 * @param product
 *          what the product does
 * @param variant
 *          what is done without it
 * @param on
 *          the product's way
 * @param off
 *          the variant
 */
record Line(String strategy, String title, String hoped, String product, String variant, Turn.Measure measure,
    Arm.Maker on, Arm.Maker off) {}
