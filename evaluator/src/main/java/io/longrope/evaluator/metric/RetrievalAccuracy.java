package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.Require;

import java.util.List;
import java.util.OptionalInt;

/**
 * Share of numbers a model finds again by greedy generation.
 *
 * @param length tokens of prompt and answer at most
 * @param depth  where in the text the number lies, 0 to 1
 * @param trials prompts, each with a number of its own
 * @param seed   decides the numbers; trial i has the same one at every length and depth
 */
public record RetrievalAccuracy(RetrievalTask task, Tokenizer tokenizer, OptionalInt startToken, int length, double depth, int trials,
                                long seed) implements Metric {

    public RetrievalAccuracy {
        Require.atLeast(1, trials, "trials");
    }

    @Override
    public String protocol() {
        return task.protocol() + ", greedy generation, the first number generated must be the one hidden, share of trials answered rightly";
    }

    @Override
    public double measure(Subject subject, int trial) {
        var prompt = task.prompt(tokenizer, startToken, length, depth, seed + trial);
        var generated = subject.generate(prompt.tokens(), prompt.answerTokens());
        return prompt.isAnsweredBy(tokenizer.decode(generated)) ? 1 : 0;
    }

    @Override
    public double figure(List<Double> measured) {
        return Metric.mean(measured);
    }
}
