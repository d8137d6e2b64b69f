package io.longrope.progressive.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.SearchSpaceBuilder;
import io.longrope.search.work.Objective;

import java.util.List;

/** Searches rescale factors and n̂ for one length. */
public record SearchStagePlan(
        @Key(value = "Names the stage and its files.", form = "name",
                byDefault = "= search-LENGTH, search-LENGTH-base with on: base") String name,
        @Key(value = "The length searched for.", form = "length", atLeast = 2) int length,
        @Key(value = "The checkpoint candidates are scored on: the job's base model, or the latest, what the last fine-tune wrote.",
                byDefault = "latest") On on,
        @Key(value = "Search multipliers of the table of the last fine-tune instead of factors, as the paper's second search does.",
                byDefault = "false") boolean multipliers,
        @Key(flat = true) SearchPlan search) implements StagePlan {

    /** The checkpoint a search scores its candidates on. */
    public enum On {
        /** The job's base model. */
        @JsonProperty("base") BASE,
        /** What the last fine-tune stage before it wrote; the base model where there is none. */
        @JsonProperty("latest") LATEST
    }

    public SearchStagePlan {
        KeyRule.require(SearchStagePlan.class, name, length, on, multipliers, search);
        search.checked();
        Require.that(search.shortLength() < length, "short-length", "must be below the length, " + length, search.shortLength());
        Require.that(!multipliers || !search.isPerLayer(), "multipliers", "must be false for algorithm " + search.algorithm()
                + ", which takes tables to powers", true);
        Require.that(!multipliers || on == On.LATEST, "on", "must be latest where multipliers are searched", SectionWriter.key(on));
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
    public List<Integer> extendedTo() {
        return List.of(length);
    }

    @Override
    public <T> T as(Kinds<T> kinds) {
        return kinds.search(this);
    }
}
