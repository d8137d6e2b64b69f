package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** A list of token ids in JSON, read from after its opening bracket to its closing one. */
final class JsonTokens {

    /** As many ids are held back, because a text in the same line counts before them. */
    static final int BLOCK = 1 << 20;

    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,9})");
    private static final int LONGEST_SHOWN = 40;

    private final Utf8Reader input;
    private final String name;
    private int[] block = {};
    private boolean ended;
    private boolean given;

    JsonTokens(Utf8Reader input, String name) {
        this.input = input;
        this.name = name;
    }

    /** Gives a list longer than a block to the sink at once, and keeps a shorter one. */
    void read(DocumentSink sink) throws IOException {
        block = readBlock();
        if (!ended) {
            given = true;
            sink.tokens(name, this::next);
        }
    }

    void giveTo(DocumentSink sink) throws IOException {
        if (!given) {
            given = true;
            sink.tokens(name, this::next);
        }
    }

    void skip() throws IOException {
        while (!ended) {
            readBlock();
        }
    }

    boolean isGiven() {
        return given;
    }

    private int[] next() throws IOException {
        var result = block;
        block = new int[0];
        if (result.length == 0 && !ended) {
            result = readBlock();
        }
        return result.length == 0 ? null : result;
    }

    private int[] readBlock() throws IOException {
        var ids = new int[1 << 8];
        int count = 0;
        while (count < BLOCK && !ended) {
            var word = word();
            int after = input.read();
            if (word.isEmpty() && after == ']' && count == 0 && !given) {
                ended = true;
                break;
            }
            ids = count == ids.length ? Arrays.copyOf(ids, 2 * count) : ids;
            ids[count++] = id(word);
            ended = after == ']';
            if (!ended && after != ',') {
                throw new BadInput(name, "must be a line of JSON", "a list without an end", "");
            }
        }
        return Arrays.copyOf(ids, count);
    }

    /** What stands before the next comma or bracket. */
    private String word() throws IOException {
        var word = new StringBuilder();
        while (!JsonLines.isLineEnd(input.peek()) && Character.isWhitespace(input.peek())) {
            input.read();
        }
        while (input.peek() != ',' && input.peek() != ']' && !JsonLines.isLineEnd(input.peek()) && word.length() < LONGEST_SHOWN) {
            word.append((char) input.read());
        }
        return word.toString().strip();
    }

    private int id(String word) {
        try {
            if (INTEGER.matcher(word).matches()) {
                return Integer.parseInt(word);
            }
        } catch (NumberFormatException e) {
            throw new BadInput(name, "must have token ids as tokens", word, "");
        }
        throw new BadInput(name, "must have token ids as tokens", word.isEmpty() ? "nothing between commas" : word, "");
    }
}
