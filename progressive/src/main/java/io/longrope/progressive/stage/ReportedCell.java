package io.longrope.progressive.stage;

import java.util.OptionalDouble;

/**
 * A cell of a closing table.
 *
 * @param window     tokens that the base model was trained with, and that crop sees
 * @param length     tokens per sample
 * @param column     the method's name
 * @param perplexity +∞ where it diverged
 * @param gain       over crop, in nats, infinite where one of them diverged; empty within the window, and of crop itself
 * @param gainError  standard error of the gain over samples; empty where it is not known, as with one sample
 */
public record ReportedCell(int window, int length, String column, double perplexity, OptionalDouble gain, OptionalDouble gainError) {
}
