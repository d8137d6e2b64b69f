package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a score measures; lower is better for all. */
public enum Objective {
    /** exp of the mean over samples of a sample's mean next-token loss, one forward pass per sample, as Microsoft's search does. */
    @JsonProperty("perplexity")
    PERPLEXITY("perplexity"),
    /** Perplexity over the answer tokens of a needle hidden in the text only (LongRoPE2 §3.2). */
    @JsonProperty("needle")
    NEEDLE("needle perplexity"),
    /** Perplexity over the tokens that text far back helps another model to predict (LongPPL, arXiv 2410.23771). */
    @JsonProperty("longppl")
    LONGPPL("LongPPL");

    private final String quantity;

    Objective(String quantity) {
        this.quantity = quantity;
    }

    /** What exp of a loss is, for people. */
    public String quantity() {
        return quantity;
    }
}
