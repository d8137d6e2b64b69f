package io.longrope.evaluator.text.internal;

import java.io.IOException;
import java.io.Reader;

/** Takes the documents of a corpus, one after the other. What it is given is used up when a method returns. */
public interface DocumentSink {

    /** A document, whatever it holds. */
    void text(String name, Reader text) throws IOException;

    /** A document unless it is blank: a file of nothing but blanks, up to the length of a piece, is none. */
    void textUnlessBlank(String name, Reader text) throws IOException;

    /** A document that is tokenized already. */
    void tokens(String name, TokenBlocks blocks) throws IOException;

    /** Token ids, a block at a time. */
    @FunctionalInterface
    interface TokenBlocks {

        /** The next ids, at least one; null after the last. How they are cut into blocks is the same every time. */
        int[] next() throws IOException;
    }
}
