package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Which queue a task waits in. An unfinished record limits how far a share group reads on, so tasks that take hours wait
 * apart from those that take seconds.
 */
public enum TaskClass {
    /** Inspecting, scoring and generating: seconds to minutes. */
    @JsonProperty("score")
    SCORE,
    /** Training: hours. */
    @JsonProperty("train")
    TRAIN
}
