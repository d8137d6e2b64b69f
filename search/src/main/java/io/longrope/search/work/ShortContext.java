package io.longrope.search.work;

import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;

/**
 * How much less text a model is given, to see what the text farther back is worth (LongPPL, arXiv 2410.23771). A window moves over the text
 * by a step; of each window the tokens of its last step are those that see the window alone.
 *
 * @param tokens K, before the first of a step; at least 1
 * @param step   tokens that share the beginning of their context; at least 1
 */
public record ShortContext(int tokens, int step) {

    /** Of the window in which a model was trained this part is short. */
    private static final int PART = 2;
    private static final int STEPS = 4;

    public ShortContext {
        Require.atLeast(1, tokens, "short context");
        Require.atLeast(1, step, "short context's step");
    }

    /** K = L/2 and a step of K/4: with L = 8,192 the paper's 4,096 and 1,024. */
    public static ShortContext of(int window) {
        return ofTokens(Math.max(1, window / PART));
    }

    /** With the usual step, K/4. */
    public static ShortContext ofTokens(int tokens) {
        return new ShortContext(tokens, Math.max(1, tokens / STEPS));
    }

    /** How it is told with a result. */
    @Override
    public String toString() {
        return "a context of " + Plural.of(tokens, "token") + " that moves by " + step;
    }
}
