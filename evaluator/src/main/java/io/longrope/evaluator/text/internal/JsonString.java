package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.io.Reader;

/** The content of a JSON string, read from after its opening quote to its closing one. */
final class JsonString extends Reader {

    private final Utf8Reader input;
    private final String name;
    private boolean ended;
    /** The second half of a surrogate pair, when the first has been given; else -1. */
    private int pending = -1;

    JsonString(Utf8Reader input, String name) {
        this.input = input;
        this.name = name;
    }

    @Override
    public int read(char[] into, int from, int count) throws IOException {
        int given = 0;
        while (given < count) {
            int character = next();
            if (character < 0) {
                return given == 0 ? -1 : given;
            }
            into[from + given++] = (char) character;
        }
        return given;
    }

    /** The input belongs to the line. */
    @Override
    public void close() {
    }

    private int next() throws IOException {
        if (pending >= 0) {
            int second = pending;
            pending = -1;
            return second;
        }
        if (ended) {
            return -1;
        }
        if (JsonLines.isLineEnd(input.peek())) {
            throw broken("a string without an end");
        }
        int character = input.read();
        if (character == '"') {
            ended = true;
            return -1;
        }
        if (character < ' ') {
            throw broken("the control character " + character + " in a string, which must be escaped");
        }
        return character == '\\' ? escaped() : character;
    }

    private int escaped() throws IOException {
        int letter = input.read();
        return switch (letter) {
            case '"', '\\', '/' -> letter;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw broken("an escape that JSON does not have");
        };
    }

    /** Half a surrogate pair is no character of UTF-8: tokenizers would make different things of it. */
    private int unicode() throws IOException {
        char first = hexadecimal();
        if (!Character.isSurrogate(first)) {
            return first;
        }
        if (Character.isHighSurrogate(first) && input.peek() == '\\') {
            input.read();
            if (input.peek() == 'u') {
                input.read();
                char second = hexadecimal();
                if (Character.isLowSurrogate(second)) {
                    pending = second;
                    return first;
                }
            }
        }
        throw new BadInput(name, "must be text of whole characters", "half a surrogate pair, \\u" + Integer.toHexString(first),
                "replace it, for example by \\ufffd");
    }

    private char hexadecimal() throws IOException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = JsonLines.isLineEnd(input.peek()) ? -1 : Character.digit(input.read(), 16);
            if (digit < 0) {
                throw broken("\\u without four hexadecimal digits");
            }
            value = 16 * value + digit;
        }
        return (char) value;
    }

    private BadInput broken(String found) {
        return new BadInput(name, "must be a line of JSON", found, "");
    }
}
