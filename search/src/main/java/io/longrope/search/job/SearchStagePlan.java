package io.longrope.search.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.work.Objective;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.SearchSpaceBuilder;

/**
 * Searches rescale factors and n̂ for one length.
 *
 * @param name        names the stage
 * @param length      target length in tokens
 * @param on          the checkpoint searched on
 * @param multipliers searches multipliers of the table of the last fine-tune instead of factors, as the paper's second
 *                    search does
 * @param search      how
 */
public record SearchStagePlan(String name, int length, On on, boolean multipliers, SearchPlan search) implements StagePlan {

    /** The checkpoint a search scores its candidates on. */
    public enum On {
        /** The job's base model. */
        @JsonProperty("base")
        BASE,
        /** What the last fine-tune stage before it wrote; the base model where there is none. */
        @JsonProperty("latest")
        LATEST
    }

    public SearchStagePlan {
        Require.notBlank(name, "search.name");
        Require.atLeast(2, length, "search.length");
        Require.present(on, "search.on");
        Require.present(search, "search").checked();
        Require.that(search.shortLength() < length, "search.short-length", "must be below the length, " + length, search.shortLength());
        Require.that(!multipliers || on == On.LATEST, "search.on", "must be latest where multipliers are searched", on);
    }

    /**
     * What may be tried; the attention factor is left at 1.
     *
     * @param tunedLength the length last fine-tuned for, where multipliers of its table are searched
     */
    public SearchSpaceBuilder space(RopeGeometry geometry, int tunedLength) {
        return search.space(geometry, multipliers ? (double) length / tunedLength : geometry.extensionRatio(length));
    }

    @Override
    public Objective objective() {
        return search.objective();
    }

    @Override
    public String kind() {
        return "search";
    }
}
