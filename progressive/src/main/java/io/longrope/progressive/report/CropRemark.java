package io.longrope.progressive.report;

import io.longrope.progressive.plan.Lengths;

import java.util.Optional;

/** What people are told where a table is not worth its length: crop costs nothing and does as well. */
public final class CropRemark {

    private CropRemark() {
    }

    /**
     * @param quantity what the figures are, lower is better
     * @param chosen   of the table chosen for the length; +∞ when it diverged
     * @param crop     of crop on the same samples
     * @return a sentence without a full stop; empty where the table beats crop
     */
    public static Optional<String> of(int length, String quantity, double chosen, double crop) {
        return chosen < crop ? Optional.empty() : Optional.of("the table chosen for " + Lengths.format(length) + " does not beat crop: "
                + quantity + " " + Quantities.perplexity(chosen) + " against " + Quantities.perplexity(crop)
                + " of the base model that sees its last tokens only, on the same samples, which the search never saw");
    }
}
