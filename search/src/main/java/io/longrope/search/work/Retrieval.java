package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What is hidden in a prompt and asked for at its end. */
public enum Retrieval {
    /** A pass key within sentences repeated over and over. */
    @JsonProperty("passkey")
    PASSKEY,
    /** One of many numbered lines (LongEval). */
    @JsonProperty("lines")
    LINES
}
