package io.longrope.progressive.stage;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A cell of a closing table.
 *
 * @param window     tokens that the base model was trained with, and that crop sees
 * @param length     tokens per sample
 * @param column     the method's name
 * @param perplexity +∞ where it diverged
 * @param gain       over crop, in nats, infinite where one of them diverged; empty within the window, and of crop itself
 * @param byPosition losses, in nats, of the stretches of positions that {@link io.longrope.evaluator.metric.LossByPosition#bins} has for
 *                   window and length; +∞ where it diverged
 */
public record ReportedCell(int window, int length, String column, double perplexity, Optional<Mean> gain, List<Mean> byPosition) {

    /**
     * A mean over samples.
     *
     * @param error its standard error; empty where it is not known, as with one sample
     */
    public record Mean(double value, OptionalDouble error) {
    }

    public ReportedCell {
        byPosition = List.copyOf(byPosition);
    }
}
