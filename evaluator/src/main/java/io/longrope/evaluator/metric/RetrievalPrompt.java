package io.longrope.evaluator.metric;

import java.util.regex.Pattern;

/**
 * A long text that holds a number, and the question for it.
 *
 * @param tokens       start token, text, question
 * @param answer       the number
 * @param answerTokens tokens a model may generate to give it
 */
public record RetrievalPrompt(int[] tokens, int answer, int answerTokens) {

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** True when the first number in the text generated is the one asked for. */
    public boolean isAnsweredBy(String generated) {
        var number = NUMBER.matcher(generated);
        return number.find() && number.group().equals(String.valueOf(answer));
    }
}
