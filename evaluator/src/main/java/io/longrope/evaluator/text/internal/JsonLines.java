package io.longrope.evaluator.text.internal;

import java.io.IOException;

/** A document per line of JSON, as text or as token ids; further keys of a line are left alone. */
public final class JsonLines {

    private JsonLines() {
    }

    /** @throws io.longrope.search.problem.BadInput with the number of the line when one is no such document */
    public static void read(Utf8Reader input, String file, DocumentSink sink) throws IOException {
        for (long number = 1; input.peek() >= 0; number++) {
            if (startsWithContent(input)) {
                new JsonLine(input, file + ":" + number, sink).read();
            } else {
                endLine(input);
            }
        }
    }

    /** Passes over the blanks at the beginning of a line. */
    private static boolean startsWithContent(Utf8Reader input) throws IOException {
        while (!isLineEnd(input.peek()) && Character.isWhitespace(input.peek())) {
            input.read();
        }
        return !isLineEnd(input.peek());
    }

    /** The end of the input, too. */
    static boolean isLineEnd(int character) {
        return character == '\n' || character == '\r' || character < 0;
    }

    /** Passes over a line break of one or two characters. */
    static void endLine(Utf8Reader input) throws IOException {
        if (input.read() == '\r' && input.peek() == '\n') {
            input.read();
        }
    }
}
