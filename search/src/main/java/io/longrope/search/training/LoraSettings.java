package io.longrope.search.training;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Locale;

/**
 * Low-rank adapters (LoRA, arXiv 2106.09685): W stays, and W + (α / rank) B A is trained by A and B alone. A begins
 * uniform in ± 1 / √in, B at 0.
 *
 * @param rank    rows of A, columns of B; at least 1
 * @param alpha   α, greater than 0
 * @param targets the projections adapted, in every layer
 */
public record LoraSettings(int rank, double alpha, List<Target> targets) {

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
        Require.atLeast(1, rank, "lora.rank");
        Require.positive(alpha, "lora.alpha");
        targets = List.copyOf(Require.present(targets, "lora.targets"));
        Require.that(!targets.isEmpty(), "lora.targets", "must name at least one projection", "none");
        Require.that(targets.stream().distinct().count() == targets.size(), "lora.targets", "must not repeat a projection", targets);
    }

    /** What B A is multiplied by. */
    public double scale() {
        return alpha / rank;
    }

    public boolean adapts(String key) {
        return targets.stream().anyMatch(target -> target.key().equals(key));
    }
}
