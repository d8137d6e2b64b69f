package io.longrope.evaluator.text;

import java.util.Arrays;
import java.util.List;

/** The token ids of a corpus, and where its documents begin. */
public final class TokenSequence {

    private final int[] ids;
    private final int[] starts;

    private TokenSequence(int[] ids, int[] starts) {
        this.ids = ids;
        this.starts = starts;
    }

    /** Documents one after the other, at most 2^31 - 1 tokens in all. */
    public static TokenSequence join(List<int[]> documents) {
        int total = 0;
        for (var document : documents) {
            total = Math.addExact(total, document.length);
        }
        var ids = new int[total];
        var starts = new int[documents.size()];
        int position = 0;
        for (int i = 0; i < starts.length; i++) {
            var document = documents.get(i);
            starts[i] = position;
            System.arraycopy(document, 0, ids, position, document.length);
            position += document.length;
        }
        return new TokenSequence(ids, starts);
    }

    public int length() {
        return ids.length;
    }

    public int documents() {
        return starts.length;
    }

    /** Position of a document's first token; of the document after the last, the length. */
    public int start(int document) {
        return document == starts.length ? ids.length : starts[document];
    }

    /** A copy of the ids in [from, to). */
    public int[] range(int from, int to) {
        return Arrays.copyOfRange(ids, from, to);
    }

    /** A copy of all ids. */
    public int[] toArray() {
        return ids.clone();
    }
}
