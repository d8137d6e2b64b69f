package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonProperty;

import java.util.Locale;

/** What is hidden in a prompt and asked for at its end; from KEYS on the kinds of RULER (arXiv 2404.06654) with several needles. */
public enum Retrieval {
    /** A pass key within sentences repeated over and over. */
    @JsonProperty("passkey")
    PASSKEY(1, 1),
    /** One of many numbered lines (LongEval). */
    @JsonProperty("lines")
    LINES(1, 1),
    /** The number of one of several names. */
    @JsonProperty("keys")
    KEYS(4, 64),
    /** All of several numbers that one name has. */
    @JsonProperty("values")
    VALUES(4, 64),
    /** The numbers of several names. */
    @JsonProperty("queries")
    QUERIES(4, 64),
    /** Every name that stands for a number, each but the first defined by another; a second chain of the same length stands beside it. */
    @JsonProperty("variables")
    VARIABLES(5, 64);

    private final int usualCount;
    private final int greatestCount;

    Retrieval(int usualCount, int greatestCount) {
        this.usualCount = usualCount;
        this.greatestCount = greatestCount;
    }

    /** Needles where nothing else is said: names, numbers of a name, or links of a chain. */
    public int usualCount() {
        return usualCount;
    }

    /** 1 where there is only one needle. */
    public int greatestCount() {
        return greatestCount;
    }

    /** As it is written in plans and on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
