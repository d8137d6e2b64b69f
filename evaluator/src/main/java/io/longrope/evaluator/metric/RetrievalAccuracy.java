package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Retrieval;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/**
 * Share of what is asked for that a model finds again by greedy generation.
 *
 * @param length tokens of prompt and answer at most
 * @param depth  where in the text the needle asked for lies, or the first of several; 0 to 1
 * @param count  needles, from 1 to the kind's greatest count
 * @param trials prompts, each with names and numbers of its own
 * @param seed   decides these; trial i has the same ones at every length and depth
 */
public record RetrievalAccuracy(Retrieval kind, Tokenizer tokenizer, OptionalInt startToken, int length, double depth, int count,
        int trials, long seed) implements Metric {

    public RetrievalAccuracy {
        Require.atLeast(1, trials, "trials");
    }

    @Override
    public String protocol() {
        return switch (kind) {
            case PASSKEY -> "pass key in repeated sentences" + oneNumber();
            case LINES -> "number of one line of many (after LongEval)" + oneNumber();
            case KEYS -> "number of one of " + count + " names" + oneNumber();
            case VALUES -> "all " + count + " numbers of a name" + several("numbers");
            case QUERIES -> "numbers of " + count + " names" + several("numbers");
            case VARIABLES -> "all " + count + " names of a chain of definitions, beside another chain" + several("names");
        };
    }

    private static String oneNumber() {
        return ", greedy generation, the first number generated must be the one hidden, share of trials answered rightly";
    }

    private String several(String things) {
        return ", greedy generation, share of them among the first " + count + " " + things + " generated, mean over trials";
    }

    /** The share of what a prompt asks for that is found. */
    @Override
    public Double measure(Subject subject, int trial) {
        var found = answers(subject, trial);
        return Collections.frequency(found, true) / (double) found.size();
    }

    /** Of each number or name that a prompt asks for whether it is found. */
    public List<Boolean> answers(Subject subject, int trial) {
        var prompt = RetrievalPrompt.of(kind, RetrievalWording.ofTests(kind), tokenizer, startToken, length, depth, count, seed + trial);
        return prompt.answeredBy(tokenizer.decode(subject.generate(prompt.tokens(), prompt.answerTokens())));
    }

    @Override
    public double figure(List<Double> measured) {
        return Metric.mean(measured);
    }
}
