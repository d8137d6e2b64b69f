package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A kind of text with a number to be found in it; as much of it as fits a length. */
public enum RetrievalTask {

    /** A pass key within sentences repeated over and over (Mohtashami and Jaggi, arXiv 2305.16300, appendix). */
    PASSKEY {
        private static final String OPENING = "There is an important info hidden inside a lot of irrelevant text. "
                + "Find it and memorize them. I will quiz you about the important information there.\n";
        private static final String FILLER = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.\n";
        private static final String KEY = "The pass key is %1$d. Remember it. %1$d is the pass key.\n";
        private static final String QUESTION = "What is the pass key? The pass key is";

        @Override
        public String protocol() {
            return "pass key in repeated sentences";
        }

        @Override
        Text text(Random random, double depth) {
            int key = fiveDigits(random);
            return new Text(key, repeats -> {
                int front = (int) Math.round(depth * repeats);
                return OPENING + FILLER.repeat(front) + KEY.formatted(key) + FILLER.repeat(repeats - front) + QUESTION;
            });
        }
    },

    /** Numbered lines of which one is asked for, after LongEval's line retrieval (LongChat, 2023). */
    LINES {
        private static final String OPENING = "Below is a record of lines to remember. Each line has an index and a number. "
                + "In the end you are asked for the number of one line.\n\n";
        private static final String LINE = "line %d: REGISTER_CONTENT is <%d>\n";
        private static final String QUESTION = "\nThe record is over. The REGISTER_CONTENT of line %d is <";

        @Override
        public String protocol() {
            return "number of one line of many (after LongEval)";
        }

        @Override
        Text text(Random random, double depth) {
            int answer = fiveDigits(random);
            long others = random.nextLong();
            return new Text(answer, count -> {
                var numbers = new Random(others);
                int asked = (int) Math.round(depth * Math.max(0, count - 1));
                var text = new StringBuilder(OPENING);
                for (int line = 0; line < Math.max(1, count); line++) {
                    int other = fiveDigits(numbers);
                    text.append(LINE.formatted(line + 1, line == asked ? answer : other));
                }
                return text.append(QUESTION.formatted(asked + 1)).toString();
            });
        }
    };

    private static final int TRIED = 64;

    /** What the text is, to be recorded with a result. */
    public abstract String protocol();

    /**
     * @param startToken opens the prompt when present
     * @param length     tokens of prompt and answer at most; the prompt is filled up as far as whole sentences allow
     * @param depth      where in the text the number lies, 0 at its beginning, 1 at its end
     * @param seed       decides the number
     * @throws BadInput when the length has no room for the question
     */
    public RetrievalPrompt prompt(Tokenizer tokenizer, OptionalInt startToken, int length, double depth, long seed) {
        Require.probability(depth, "depth");
        var text = text(new Random(seed), depth);
        int answerTokens = tokenizer.encode(" " + text.answer() + ".").length + 1;
        int room = length - startToken.stream().toArray().length - answerTokens;
        var shortest = tokenizer.encode(text.withRepeats().apply(0));
        if (shortest.length > room) {
            throw new BadInput("length", "must have room for the " + name().toLowerCase(Locale.ROOT) + " prompt, "
                    + (shortest.length + length - room) + " tokens", length, "choose a longer one");
        }
        var tokens = longest(tokenizer, text, room, shortest);
        var prompt = new int[tokens.length + length - room - answerTokens];
        prompt[0] = startToken.orElse(0);
        System.arraycopy(tokens, 0, prompt, prompt.length - tokens.length, tokens.length);
        return new RetrievalPrompt(prompt, text.answer(), answerTokens);
    }

    /** Tokens that hold a prompt, whatever number is drawn; tokenizers cut numbers of five digits in a few ways, of which this tries many. */
    public int shortest(Tokenizer tokenizer, OptionalInt startToken) {
        return (startToken.isPresent() ? 1 : 0) + IntStream.range(0, TRIED).map(seed -> {
            var text = text(new Random(seed), 0);
            return tokenizer.encode(text.withRepeats().apply(0)).length + tokenizer.encode(" " + text.answer() + ".").length + 1;
        }).max().orElseThrow();
    }

    abstract Text text(Random random, double depth);

    /** @param withRepeats the text with a number of filler sentences or lines */
    record Text(int answer, IntFunction<String> withRepeats) {
    }

    /** The longest text that fits; lengths grow nearly evenly with the repeats, so the second guess is close. */
    private static int[] longest(Tokenizer tokenizer, Text text, int room, int[] shortest) {
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

    private static int fiveDigits(Random random) {
        return 10_000 + random.nextInt(90_000);
    }
}
