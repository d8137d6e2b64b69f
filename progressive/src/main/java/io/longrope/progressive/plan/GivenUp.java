package io.longrope.progressive.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a stage when the job's run gives a score task of it up. */
public enum GivenUp {
    /** It ends incomplete, and nothing is built on it. */
    @JsonProperty("incomplete") INCOMPLETE,
    /** The candidate counts as one of the worst loss, and the stage goes on. */
    @JsonProperty("worst") WORST
}
