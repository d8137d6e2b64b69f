package io.longrope.evaluator.text;

/** Is told how far a text has been tokenized, a few times a second at most, by one thread at a time. */
@FunctionalInterface
public interface TokenizingListener {

    /** Tells nobody. */
    TokenizingListener SILENT = (text, read, total) -> { };

    /**
     * @param text  how the text was asked for
     * @param read  bytes of its files that have been read; with {@code total} it is done
     * @param total bytes of its files
     */
    void onProgress(String text, long read, long total);
}
