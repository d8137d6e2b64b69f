package io.longrope.evaluator.metric;

import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.MethodParameters;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * What every extension must beat, and what it costs nothing to do: a model that sees the last L tokens only, at the positions it was
 * trained with. Each token's loss is given the start token and the text before it, but never more than L tokens. Exact, that is one pass
 * for each token; here a window of L tokens moves by a step, and beyond the first window only its last step counts, so that a token has
 * between L − step and L − 1 tokens before it. The start token is read again at the beginning of each window. A token's loss does not
 * depend on how long the text goes on after it.
 *
 * @param window     L, tokens of a pass, start token included; at least 2
 * @param step       tokens the window moves by; at least 1, less than the window
 * @param startToken what the texts begin with; empty = they begin with text
 */
public record Crop(int window, int step, OptionalInt startToken) implements Reading {

    /** As it is asked for among the methods. */
    public static final String NAME = "crop";

    /** Windows move by this share of their length where nothing else is said. */
    private static final int USUAL_STEPS = 4;
    /** Measured once on the shipped model, at 512, 1,024 and 2,048 tokens, 4 samples each. */
    private static final String USUAL_STEP_ERROR =
            " (moving by a sixteenth of the window changed the mean loss by at most 0.0012 nats on java-1m)";

    public Crop {
        Require.atLeast(2, window, "crop window");
        Require.atLeast(1, step, "crop step");
        Require.that(step < window, "crop step", "must be less than the window, " + window, step);
        Require.present(startToken, "startToken");
    }

    /** Windows of L that move by a quarter of it. */
    public static Crop of(int window, OptionalInt startToken) {
        return new Crop(window, Math.max(1, window / USUAL_STEPS), startToken);
    }

    /**
     * @param text    {@code crop}, and after a colon its parameters {@code window} and {@code step}
     * @param trained tokens the model was trained with, the window where none is given
     * @throws io.longrope.search.problem.BadInput when a parameter or its value is unknown
     */
    public static Crop named(String text, int trained, OptionalInt startToken) {
        var parameters = MethodParameters.parse(text);
        Require.that(parameters.name().equals(NAME), "method", "must be " + NAME, parameters.name());
        int window = parameters.whole("window", trained);
        int step = parameters.whole("step", Math.max(1, window / USUAL_STEPS));
        parameters.requireAllUsed();
        return new Crop(window, step, startToken);
    }

    /**
     * @param tokens n ids, at least 2, the start token first where there is one
     * @return n − 1 losses in nats: entry t is that of token t + 1
     */
    public float[] losses(TokenLosses model, int[] tokens) {
        int lead = startToken.isPresent() ? 1 : 0;
        var losses = new float[tokens.length - 1];
        int done = 0;
        for (int begin = 0; done < losses.length; begin += step) {
            int end = Math.min(tokens.length, begin + window);
            var pass = Arrays.copyOfRange(tokens, begin, end);
            // the first token of the window gives its place to the start token
            pass[0] = lead == 1 ? tokens[0] : pass[0];
            var found = model.of(pass);
            int fresh = end - 1 - done;
            System.arraycopy(found, found.length - fresh, losses, done, fresh);
            done = end - 1;
        }
        return losses;
    }

    /** Tokens run through the model for a text of so many, at least 2: more than those, for windows overlap. */
    public long read(int tokens) {
        long read = 0;
        int end = 0;
        for (int begin = 0; end < tokens; begin += step) {
            end = Math.min(tokens, begin + window);
            read += end - begin;
        }
        return read;
    }

    @Override
    public Crop after(OptionalInt startToken) {
        return new Crop(window, step, startToken);
    }

    /** Also generates with the last tokens only: prompt and answer together take at most L. */
    @Override
    public Subject of(Subject model) {
        return new Subject() {
            @Override
            public float[] of(int[] tokens) {
                return losses(model, tokens);
            }

            @Override
            public int[] generate(int[] prompt, int count) {
                int kept = Math.max(2, window - count);
                if (prompt.length <= kept) {
                    return model.generate(prompt, count);
                }
                var last = Arrays.copyOfRange(prompt, prompt.length - kept, prompt.length);
                last[0] = startToken.isPresent() ? prompt[0] : last[0];
                return model.generate(last, count);
            }
        };
    }

    @Override
    public int context(int length) {
        return Math.min(length, window);
    }

    @Override
    public String protocol() {
        return "crop: windows of " + Plural.of(window, "token") + " that move by " + step + ", of which beyond the first window the last "
                + step
                + " count"
                + (startToken.isPresent() ? ", start token at the beginning of each" : "")
                + (step == window / USUAL_STEPS ? USUAL_STEP_ERROR : "");
    }
}
