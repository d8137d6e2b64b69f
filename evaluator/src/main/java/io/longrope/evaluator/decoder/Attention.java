package io.longrope.evaluator.decoder;

import io.longrope.search.problem.Require;

import java.util.OptionalDouble;

/** What a RoPE model's attention does at inference, without training. A candidate says how it rotates. */
public sealed interface Attention {

    /** As it was trained, with queries as they are. */
    Attention TRAINED = new Trained(QueryScaling.NONE);

    default QueryScaling scaling() {
        return QueryScaling.NONE;
    }

    /**
     * Keys a query sees at most.
     *
     * @param own the sliding window of the layer; 0 = none
     * @return 0 = all
     */
    default int seen(int own) {
        return own;
    }

    /** As it was trained, but for the length of queries. */
    record Trained(QueryScaling scaling) implements Attention {

        public Trained {
            Require.present(scaling, "scaling");
        }
    }

    /**
     * Every layer sees the last positions only.
     *
     * @param window how many, the query itself included
     */
    record LastPositions(int window) implements Attention {

        public LastPositions {
            Require.atLeast(1, window, "window");
        }

        @Override
        public int seen(int own) {
            return own == 0 ? window : Math.min(own, window);
        }
    }

    /**
     * Every layer sees the last positions and the first of all, at the places they have in a cache that holds nothing else
     * (Xiao et al., StreamingLLM, arXiv 2309.17453).
     *
     * @param count  first positions
     * @param window last positions, the query itself included
     */
    record Sinks(int count, int window) implements Attention {

        public Sinks {
            Require.atLeast(1, count, "count");
            Require.atLeast(1, window, "window");
        }

        @Override
        public int seen(int own) {
            return own == 0 ? count + window : Math.min(own, count + window);
        }
    }

    /**
     * A key d positions back is seen at distance d below the window w, and at w + (d − w) / k from there on: ReRoPE where k is
     * infinite, Leaky ReRoPE otherwise (Su, kexue.fm/archives/9708).
     *
     * @param window w
     * @param factor k, at least 1; empty = the least that keeps all distances within the trained length
     */
    record ReRope(int window, OptionalDouble factor, QueryScaling scaling) implements Attention {

        public ReRope {
            Require.atLeast(1, window, "window");
            Require.present(factor, "factor");
            factor.ifPresent(k -> Require.that(k >= 1, "factor", "must be at least 1", k));
            Require.present(scaling, "scaling");
        }

        /** ReRoPE. */
        public ReRope(int window, QueryScaling scaling) {
            this(window, OptionalDouble.of(Double.POSITIVE_INFINITY), scaling);
        }

        /**
         * 1 / k
         *
         * @param length  tokens of the sequence
         * @param trained tokens the model was trained with
         */
        public double leak(int length, int trained) {
            if (factor.isPresent()) {
                return 1 / factor.getAsDouble();
            }
            Require.that(window < trained, "window", "must be less than the trained length, " + trained + ", for a factor of its own",
                    window);
            return Math.min(1, (double) (trained - window) / Math.max(1, length - window));
        }
    }
}
