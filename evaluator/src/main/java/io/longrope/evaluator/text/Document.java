package io.longrope.evaluator.text;

/** One coherent stretch of a corpus. */
public interface Document {

    /** Where it comes from, for complaints. */
    String name();

    /** Its token ids, without special tokens. */
    int[] tokens(Tokenizer tokenizer);
}
