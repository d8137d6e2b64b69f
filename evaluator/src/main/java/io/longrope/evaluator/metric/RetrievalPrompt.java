package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.work.Retrieval;

import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/** A long text that holds what is asked for at its end. */
public final class RetrievalPrompt {

    private static final int TRIED = 64;

    private final int[] tokens;
    private final RetrievalText text;
    private final int answerTokens;

    private RetrievalPrompt(int[] tokens, RetrievalText text, int answerTokens) {
        this.tokens = tokens;
        this.text = text;
        this.answerTokens = answerTokens;
    }

    /**
     * @param startToken opens the prompt when present
     * @param length     tokens of prompt and answer at most; the prompt is filled up as far as whole sentences allow
     * @param depth      where in the text the needle asked for lies, 0 at its beginning, 1 at its end; of several that are asked for the
     *                   first lies there, and the others follow evenly to the end
     * @param count      needles, from 1 to the kind's greatest count
     * @param seed       decides names and numbers
     * @throws BadInput when the length has no room for the question
     */
    public static RetrievalPrompt of(Retrieval kind, RetrievalWording wording, Tokenizer tokenizer, OptionalInt startToken, int length,
            double depth,
                                     int count, long seed) {
        var text = RetrievalText.of(kind, wording, new Random(seed), depth, count);
        int answerTokens = answerTokens(tokenizer, text);
        int room = length - startToken.stream().toArray().length - answerTokens;
        var shortest = tokenizer.encode(text.withRepeats().apply(0));
        if (shortest.length > room) {
            throw new BadInput("length", "must have room for the " + kind + " prompt, "
                    + Plural.of(shortest.length + length - room, "token"),
                    length,
                    "choose a longer one" + (count > 1 ? " or a smaller count" : ""));
        }
        var tokens = longest(tokenizer, text, room, shortest);
        var prompt = new int[tokens.length + length - room - answerTokens];
        prompt[0] = startToken.orElse(0);
        System.arraycopy(tokens, 0, prompt, prompt.length - tokens.length, tokens.length);
        return new RetrievalPrompt(prompt, text, answerTokens);
    }

    /**
     * Tokens that hold a prompt with the usual count, whatever is drawn; tokenizers cut names and numbers in a few ways, of which this
     * tries
     * many.
     */
    public static int shortest(Retrieval kind, Tokenizer tokenizer, OptionalInt startToken) {
        return (startToken.isPresent() ? 1 : 0) + IntStream.range(0, TRIED).map(seed -> {
            var text = RetrievalText.of(kind, RetrievalWording.ofTests(kind), new Random(seed), 0, kind.usualCount());
            return tokenizer.encode(text.withRepeats().apply(0)).length + answerTokens(tokenizer, text);
        }).max().orElseThrow();
    }

    /** Several answers are separated in ways that a model chooses, by "and" or line breaks. */
    private static int answerTokens(Tokenizer tokenizer, RetrievalText text) {
        return tokenizer.encode(" " + String.join(", ", text.answers()) + ".").length + 2 * text.answers().size() - 1;
    }

    /** Start token, text, question. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** Numbers or names. */
    public List<String> answers() {
        return text.answers();
    }

    /** Tokens a model may generate to give them. */
    public int answerTokens() {
        return answerTokens;
    }

    /** Of each of the answers whether it is among as many of the first numbers, or names, generated; in any order. */
    public List<Boolean> answeredBy(String generated) {
        return text.answeredBy(generated);
    }

    /** The longest text that fits; lengths grow nearly evenly with the repeats, so the second guess is close. */
    private static int[] longest(Tokenizer tokenizer, RetrievalText text, int room, int[] shortest) {
        int trial = 16;
        double perRepeat = (tokenizer.encode(text.withRepeats().apply(trial)).length - shortest.length) / (double) trial;
        int repeats = (int) ((room - shortest.length) / perRepeat) + 1;
        var tokens = tokenizer.encode(text.withRepeats().apply(repeats));
        while (tokens.length > room && repeats > 0) {
            repeats -= Math.max(1, (int) ((tokens.length - room) / perRepeat));
            tokens = tokenizer.encode(text.withRepeats().apply(Math.max(0, repeats)));
        }
        return tokens;
    }
}
