package io.longrope.evaluator.training.internal;

import java.util.BitSet;
import java.util.SplittableRandom;

/** Positions below a target for sequences shorter than it. */
final class PositionDraw {

    private PositionDraw() {
    }

    /**
     * PoSE (arXiv 2309.10400, Eq. 6): the borders of the chunks and the skips are uniform; the first chunk is not moved.
     *
     * @param chunks at least 1, at most {@code length}
     * @return [length], strictly ascending, from 0, below {@code target}
     */
    static double[] pose(SplittableRandom random, int length, int target, int chunks) {
        var borders = distinct(random, chunks - 1, length - 1);
        var positions = new double[length];
        int skip = 0;
        for (int t = 0; t < length; t++) {
            // bit t − 1 stands for a border before token t
            if (t > 0 && borders.get(t - 1)) {
                skip = random.nextInt(skip, target - length + 1);
            }
            positions[t] = (double) t + skip;
        }
        return positions;
    }

    /** @return [length], {@code length} different positions in [0, target), in ascending order, every choice as likely */
    static double[] ascending(SplittableRandom random, int length, int target) {
        return distinct(random, length, target).stream().asDoubleStream().toArray();
    }

    /** {@code count} of the numbers below {@code bound}, by Floyd's algorithm. */
    private static BitSet distinct(SplittableRandom random, int count, int bound) {
        var chosen = new BitSet(bound);
        for (int i = bound - count; i < bound; i++) {
            int number = random.nextInt(i + 1);
            chosen.set(chosen.get(number) ? i : number);
        }
        return chosen;
    }
}
