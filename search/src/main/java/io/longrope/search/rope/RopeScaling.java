package io.longrope.search.rope;

/** A known way to stretch a model's positions: rescale factors and attention factor by length, without a search. */
public interface RopeScaling {

    /** The name it is known by in {@link RopeScalings}. */
    String name();

    /**
     * @param length tokens the model shall read, at least 1
     * @return one row of d/2 factors
     */
    RescaleFactors factors(RopeGeometry geometry, int length);

    /** Multiplies cos and sin at that length; 1 for a method without a temperature. */
    default double attentionFactor(RopeGeometry geometry, int length) {
        return 1;
    }

    /**
     * True when the method also multiplies the query at position n by max(1, ln(n + 1) / ln L), which no table of
     * factors can express: a decoder that ignores it runs the method without that part.
     */
    default boolean logNScaling() {
        return false;
    }
}
