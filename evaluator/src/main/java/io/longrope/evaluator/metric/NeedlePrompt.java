package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;

/**
 * A number hidden in a long text and asked for at its end, the answer included (LongRoPE2 §3.2, appendix C). Only the answer
 * is scored: its loss says whether the model still reads what lies far back.
 *
 * @param tokens start token, announcement, needle and text, question, answer
 * @param answer position of the answer's first token, which reaches to the end
 */
public record NeedlePrompt(int[] tokens, int answer) {

    private static final String ANNOUNCEMENT = "A special magic number is hidden within the following text. Make sure to memorize it. "
            + "I will quiz you about the number afterwards.\n";
    private static final String QUESTION = "\nWhat is the special magic number for %1$s mentioned in the provided text? "
            + "The special magic number for %1$s mentioned in the provided text is";
    private static final String NEEDLE = "One of the special magic numbers for %s is: %d.\n";
    private static final int DIGITS = 7;
    private static final String[] QUALITIES = {"numerous", "wandering", "silver", "quiet", "sudden", "hollow", "golden", "distant"};
    private static final String[] THINGS = {"kite", "age", "river", "lantern", "harbour", "orchard", "compass", "meadow"};

    /**
     * @param text  token ids to hide the number in, its start token left out; as many of them are used as fit
     * @param length tokens in all
     * @param depth where in the text the needle lies: 0 at its beginning, as in the paper, 1 at its end
     * @param seed  decides number and key
     * @throws BadInput when the length has no room for text around the question
     */
    public static NeedlePrompt of(Tokenizer tokenizer, OptionalInt startToken, int[] text, int length, double depth, long seed) {
        Require.probability(depth, "needle depth");
        var random = new Random(seed);
        var key = QUALITIES[random.nextInt(QUALITIES.length)] + "-" + THINGS[random.nextInt(THINGS.length)];
        int number = 1_000_000 + random.nextInt(9_000_000);
        var start = startToken.stream().toArray();
        var announcement = tokenizer.encode(ANNOUNCEMENT);
        var needle = tokenizer.encode(NEEDLE.formatted(key, number));
        var question = tokenizer.encode(QUESTION.formatted(key));
        var answer = tokenizer.encode(" " + number);
        int room = length - start.length - announcement.length - needle.length - question.length - answer.length;
        if (room < 0) {
            throw new BadInput("length", "must have room for the needle prompt, " + Plural.of(length - room, "token"), length,
                    "choose a longer one");
        }
        if (text.length < room) {
            throw new BadInput("text", "must have " + Plural.of(room, "token") + " to hide the needle in", text.length, "");
        }
        int front = (int) Math.round(depth * room);
        var tokens = concat(start, announcement, Arrays.copyOf(text, front), needle, Arrays.copyOfRange(text, front, room), question,
                answer);
        return new NeedlePrompt(tokens, length - answer.length);
    }

    /** Tokens that hold a prompt whatever key and number are drawn: a digit takes at most one. */
    public static int shortest(Tokenizer tokenizer, OptionalInt startToken) {
        int longest = 0;
        for (var quality : QUALITIES) {
            for (var thing : THINGS) {
                var key = quality + "-" + thing;
                longest = Math.max(longest,
                        tokenizer.encode(NEEDLE.formatted(key, 1_000_000)).length + tokenizer.encode(QUESTION.formatted(key)).length);
            }
        }
        // the number in the needle, which counted at least once, and the answer with its space
        int numbers = DIGITS - 1 + DIGITS + 1;
        return (startToken.isPresent() ? 1 : 0) + tokenizer.encode(ANNOUNCEMENT).length + longest + numbers;
    }

    /** Mean loss of the answer's tokens, in nats. */
    public double meanLoss(TokenLosses model) {
        return Perplexity.meanLossFrom(model, tokens, answer);
    }

    private static int[] concat(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
