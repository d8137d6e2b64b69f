package io.longrope.evaluator.decoder;

import io.longrope.search.problem.Require;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;

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

    /** Positions that the masks of such a layer span; 0 = it needs none. */
    default int masked(int own) {
        return seen(own);
    }

    /** Whether a layer with that sliding window is left as it is, but for the window: its own is within the method's. */
    default boolean leaves(int own) {
        return true;
    }

    /** The sliding window that masks a layer; 0 = none. What a method turns otherwise masks by itself. */
    default int window(int own) {
        return leaves(own) ? own : 0;
    }

    /** Whether keys are kept in a second turn. */
    default boolean turnsKeysTwice() {
        return false;
    }

    /** @throws io.longrope.search.problem.BadInput when a layer with that sliding window cannot be seen so */
    default void requireFits(int own) {
    }

    /** Numbers that a changed layer is given, by the names of attention.py.txt. */
    default Map<String, Integer> sizes() {
        return Map.of();
    }

    /**
     * Places that a changed layer turns positions to beside their own, by the names of attention.py.txt.
     *
     * @param length  tokens of the sequence
     * @param trained tokens the model was trained with
     */
    default Map<String, IntToDoubleFunction> turns(int length, int trained) {
        return Map.of();
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

        @Override
        public int window(int own) {
            return seen(own);
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

        @Override
        public boolean leaves(int own) {
            return own > 0 && own <= window;
        }

        @Override
        public void requireFits(int own) {
            Require.that(own == 0 || count + window <= own, "count + window", "must be at most the model's own sliding window, " + own,
                    count + window);
        }

        @Override
        public Map<String, Integer> sizes() {
            return Map.of("near", window, "sinks", count);
        }

        /** The cache of a later query holds the sinks and the window, and nothing between them. */
        @Override
        public Map<String, IntToDoubleFunction> turns(int length, int trained) {
            return Map.of("far", position -> Math.min(position, count + window - 1));
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

        @Override
        public boolean leaves(int own) {
            return own > 0 && own <= window;
        }

        @Override
        public int masked(int own) {
            return Math.max(window, own);
        }

        @Override
        public boolean turnsKeysTwice() {
            return true;
        }

        @Override
        public void requireFits(int own) {
            Require.that(own == 0, "window", "must be at least the model's own sliding window, " + own, window);
        }

        @Override
        public Map<String, Integer> sizes() {
            return Map.of("near", window);
        }

        @Override
        public Map<String, IntToDoubleFunction> turns(int length, int trained) {
            double leak = leak(length, trained);
            return Map.of("far", position -> window * (1 - leak) + position * leak, "key", position -> position * leak);
        }

        /** 1 / k */
        private double leak(int length, int trained) {
            if (factor.isPresent()) {
                return 1 / factor.getAsDouble();
            }
            Require.that(window < trained, "window", "must be less than the trained length, " + trained + ", for a factor of its own",
                    window);
            return Math.min(1, (double) (trained - window) / Math.max(1, length - window));
        }
    }
}
