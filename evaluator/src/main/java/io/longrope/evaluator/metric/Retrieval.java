package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.Require;

import java.util.OptionalInt;

/**
 * How often a model finds a number again, by greedy generation.
 *
 * @param task   the kind of text
 * @param length tokens of prompt and answer
 * @param depth  where in the text the number lies, 0 to 1
 * @param found  trials answered rightly
 * @param trials prompts tried
 */
public record Retrieval(RetrievalTask task, int length, double depth, int found, int trials) {

    /** Continues a prompt greedily. */
    @FunctionalInterface
    public interface Generator {

        /** @return at most {@code count} ids that follow the prompt */
        int[] generate(int[] prompt, int count);
    }

    /** @param seed decides the numbers; trial i has the same one at every length and depth */
    public static Retrieval measure(RetrievalTask task, Generator model, Tokenizer tokenizer, OptionalInt startToken, int length,
                                    double depth, int trials, long seed) {
        Require.atLeast(1, trials, "trials");
        int found = 0;
        for (int i = 0; i < trials; i++) {
            var prompt = task.prompt(tokenizer, startToken, length, depth, seed + i);
            var generated = model.generate(prompt.tokens(), prompt.answerTokens());
            if (prompt.isAnsweredBy(tokenizer.decode(generated))) {
                found++;
            }
        }
        return new Retrieval(task, length, depth, found, trials);
    }

    /** Share of trials answered rightly, 0 to 1. */
    public double accuracy() {
        return (double) found / trials;
    }
}
