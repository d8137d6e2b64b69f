package io.longrope.search.training;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Locale;

/**
 * Low-rank adapters (LoRA, arXiv 2106.09685): W stays, and W + (α / rank) B A is trained by A and B alone. A begins
 * uniform in ± 1 / √in, B at 0.
 */
public record LoraSettings(
        @Key(value = "Rank of low-rank adapters, merged in the end; without them all weights are trained.", atLeast = 1) int rank,
        @Key(value = "Scale of the adapters, divided by the rank.", byDefault = "= twice the rank", above = 0) double alpha,
        @Key(value = "Projections adapted, in every layer.", byDefault = "[q, k, v, o, gate, up, down]") List<Target> targets) {

    /** A projection. Where a family stores several as one matrix, each still gets an adapter of its own. */
    public enum Target {
        @JsonProperty("q") Q,
        @JsonProperty("k") K,
        @JsonProperty("v") V,
        @JsonProperty("o") O,
        @JsonProperty("gate") GATE,
        @JsonProperty("up") UP,
        @JsonProperty("down") DOWN;

        /** The decoder's name for it. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public LoraSettings {
        KeyRule.require(LoraSettings.class, rank, alpha, targets);
        targets = List.copyOf(targets);
        Require.that(!targets.isEmpty(), "targets", "must name at least one projection", "none");
        Require.that(targets.stream().distinct().count() == targets.size(), "targets", "must not repeat a projection", targets);
    }

    /** What B A is multiplied by. */
    public double scale() {
        return alpha / rank;
    }

    public boolean adapts(String key) {
        return targets.stream().anyMatch(target -> target.key().equals(key));
    }
}
