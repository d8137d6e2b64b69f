package io.longrope.search.evolution;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.List;

/** Scores a whole generation at two lengths at once, so that many workers can share it. */
@FunctionalInterface
public interface ParetoFitness {

    /**
     * May block. As with {@link Fitness} the values must not depend on how the work was shared.
     *
     * @param generation distinct candidates, none of them asked before in this search
     * @return one value per candidate, in their order
     */
    List<Losses> evaluate(List<Candidate> generation) throws InterruptedException;

    /**
     * Mean losses of one candidate, lower is better; +∞ where it diverged or could not be measured.
     *
     * @param longLoss  at the length searched for
     * @param shortLoss at the short length
     * @param tokens    run through the model for both
     */
    record Losses(double longLoss, double shortLoss, long tokens) {

        public Losses {
            Require.that(!Double.isNaN(longLoss) && !Double.isNaN(shortLoss), "fitness.losses", "must be numbers or +∞", longLoss + ", " + shortLoss);
            Require.atLeast(0L, tokens, "fitness.tokens");
        }

        boolean isFinite() {
            return Double.isFinite(longLoss) && Double.isFinite(shortLoss);
        }
    }
}
