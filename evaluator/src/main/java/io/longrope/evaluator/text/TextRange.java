package io.longrope.evaluator.text;

import io.longrope.search.problem.Require;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A stretch of a text, in bytes of UTF-8.
 *
 * @param from its first byte
 * @param to   the one after its last, at least {@code from}
 */
public record TextRange(int from, int to) {

    /** What stands where bytes are no character, or not yet one. */
    private static final String NO_CHARACTER = "\uFFFD";

    public TextRange {
        Require.atLeast(0, from, "from");
        Require.atLeast(from, to, "to");
    }

    /** Whether all of another lies in it. */
    public boolean holds(TextRange other) {
        return other.from >= from && other.to <= to;
    }

    /**
     * A text, and where in it each of its tokens stands. Tokens that only together are a character have all of it.
     *
     * @param text   of all tokens
     * @param tokens one for each token, in their order
     */
    public record Read(String text, List<TextRange> tokens) {
    }

    /** @param ids of a text, no start token before them */
    public static Read of(TokenCoding coding, int[] ids) {
        var text = new StringBuilder();
        var ranges = new ArrayList<TextRange>();
        int read = 0;
        var before = new int[0];
        for (int from = 0, to = 1; to <= ids.length; to++) {
            var group = Arrays.copyOfRange(ids, from, to);
            var added = after(coding, before, group);
            if (!added.endsWith(NO_CHARACTER) || to == ids.length) {
                var range = new TextRange(read, read + added.getBytes(StandardCharsets.UTF_8).length);
                for (int token = from; token < to; token++) {
                    ranges.add(range);
                }
                text.append(added);
                read = range.to;
                before = group;
                from = to;
            }
        }
        return new Read(text.toString(), List.copyOf(ranges));
    }

    /** The text of tokens in the midst of others: alone, some tokenizers leave out a blank before the first. */
    private static String after(TokenCoding coding, int[] before, int[] group) {
        if (before.length == 0) {
            return coding.decode().apply(group);
        }
        var both = Arrays.copyOf(before, before.length + group.length);
        System.arraycopy(group, 0, both, before.length, group.length);
        var first = coding.decode().apply(before);
        var whole = coding.decode().apply(both);
        return whole.startsWith(first) ? whole.substring(first.length()) : coding.decode().apply(group);
    }
}
