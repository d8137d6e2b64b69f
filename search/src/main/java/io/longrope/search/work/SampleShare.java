package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The three disjoint parts of a text. A candidate that wins on the few samples of a search can lose on others, so
 * finalists are chosen on text the search never saw, and reported on text neither saw.
 */
public enum SampleShare {
    @JsonProperty("search")
    SEARCH,
    @JsonProperty("selection")
    SELECTION,
    @JsonProperty("report")
    REPORT
}
