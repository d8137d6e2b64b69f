package io.longrope.evaluator.text.internal;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;

/**
 * Cuts a text into pieces that can be tokenized apart. Where a piece ends depends on the characters up to there and the next two
 * alone, so a text that is read a stretch at a time is cut as one that is in memory.
 */
public final class Pieces {

    private static final int FIRST_BUFFER = 1 << 12;

    private final Reader text;
    private final int longest;
    private char[] buffer;
    private int count;
    private boolean ended;

    /** @param longest characters of a piece at most, at least 2 */
    public Pieces(Reader text, int longest) {
        this.text = text;
        this.longest = longest;
        this.buffer = new char[Math.min(FIRST_BUFFER, longest + 2)];
    }

    /** The next piece; null after the last. */
    public String next() throws IOException {
        fill();
        if (count == 0) {
            return null;
        }
        int end = end();
        var piece = new String(buffer, 0, end);
        count -= end;
        System.arraycopy(buffer, end, buffer, 0, count);
        return piece;
    }

    /** True when {@link #next()} has given the last piece. */
    public boolean isAtEnd() throws IOException {
        fill();
        return count == 0;
    }

    private void fill() throws IOException {
        while (!ended && count < longest + 2) {
            if (count == buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.min(longest + 2, 2 * count));
            }
            int read = text.read(buffer, count, buffer.length - count);
            ended = read < 0;
            count += Math.max(0, read);
        }
    }

    /**
     * Cuts where no merge of a usual tokenizer reaches across: after the last line break before a line that begins with no
     * blank, or before the last blank that follows none.
     */
    private int end() {
        if (longest >= count) {
            return count;
        }
        for (int end = longest; end > longest / 2; end--) {
            if (buffer[end - 1] == '\n' && !Character.isWhitespace(buffer[end])) {
                return end;
            }
        }
        for (int end = longest; end > longest / 2; end--) {
            boolean followedByBlank = end + 1 < count && buffer[end + 1] == ' ';
            if (buffer[end] == ' ' && !Character.isWhitespace(buffer[end - 1]) && !followedByBlank) {
                return end;
            }
        }
        return Character.isLowSurrogate(buffer[longest]) ? longest - 1 : longest;
    }
}
