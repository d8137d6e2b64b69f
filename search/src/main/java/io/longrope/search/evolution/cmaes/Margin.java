package io.longrope.search.evolution.cmaes;

/**
 * Keeps a coordinate from being stuck: what it stands for lies on a grid, and once the distribution is narrower than a cell of that grid
 * all draws would be the same. The margin [1] keeps the probability of leaving the cell of the mean at α or more, at the edge of the range
 * by moving the mean (its equation for the edge case), within by moving the mean and widening the distribution so that both sides have
 * α/2 or more (its equations for p′, p″ and the two thresholds).
 *
 * <p>[1] Hamano, Saito, Nomura and Shirakawa, CMA-ES with Margin: Lower-Bounding Marginal Probability for Mixed-Integer Black-Box
 * Optimization, arXiv 2205.13482, section 4.
 *
 * @param cells where the cell of a mean ends
 * @param alpha α, in the paper 1 / (dimensions × population)
 */
record Margin(Cells cells, double alpha) {

    private static final double LEAST = 1e-10;

    /** The cell a coordinate is in. */
    interface Cells {

        Cell of(int coordinate, double mean);
    }

    /**
     * Ends of a cell.
     *
     * @param low  −∞ at the lower edge of the range
     * @param high +∞ at the upper edge; both infinite where there is only one cell, or no grid
     */
    record Cell(double low, double high) {
    }

    /** Mean and standard deviation of one coordinate. */
    record Marginal(double mean, double deviation) {
    }

    Marginal of(int coordinate, double mean, double deviation) {
        var cell = cells.of(coordinate, mean);
        boolean first = Double.isInfinite(cell.low);
        boolean last = Double.isInfinite(cell.high);
        if (first && last) {
            return new Marginal(mean, deviation);
        }
        if (first || last) {
            double farthest = deviation * NormalDistribution.exceededBy(alpha);
            return new Marginal(first ? Math.max(mean, cell.high - farthest) : Math.min(mean, cell.low + farthest), deviation);
        }
        return within(cell, mean, deviation);
    }

    private Marginal within(Cell cell, double mean, double deviation) {
        double below = NormalDistribution.probability((cell.low - mean) / deviation);
        double above = NormalDistribution.probability((mean - cell.high) / deviation);
        if (Math.min(below, above) >= alpha / 2) {
            return new Marginal(mean, deviation);
        }
        double inside = 1 - below - above;
        double wantedBelow = Math.max(alpha / 2, below);
        double wantedAbove = Math.max(alpha / 2, above);
        double total = wantedBelow + wantedAbove + inside;
        double toLow = NormalDistribution.exceededBy(shared(wantedBelow, total));
        double toHigh = NormalDistribution.exceededBy(shared(wantedAbove, total));
        return new Marginal((cell.low * toHigh + cell.high * toLow) / (toLow + toHigh), (cell.high - cell.low) / (toLow + toHigh));
    }

    /** What is above the least gives back what the three probabilities exceed 1 by. */
    private double shared(double wanted, double total) {
        double given = wanted + (1 - total) * (wanted - alpha / 2) / (total - 1.5 * alpha);
        return Math.max(LEAST, Math.min(0.5 - LEAST, given));
    }
}
