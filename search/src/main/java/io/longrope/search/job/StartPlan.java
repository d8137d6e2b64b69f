package io.longrope.search.job;

import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Tables a search starts from: what an earlier stage of the job found, or a table that was read with the plan and is part
 * of it, so that the job is determined by its plan alone.
 *
 * @param name   the stage's, or the file's the tables came from; for logs
 * @param tables one per extension ratio; empty where an earlier stage is meant
 */
public record StartPlan(String name, List<Table> tables) {

    /**
     * One table.
     *
     * @param extensionRatio s it was made for
     * @param candidate      its factors, the same for all layers
     */
    public record Table(double extensionRatio, Candidate candidate) {

        public Table {
            Require.positive(extensionRatio, "search.start.extension-ratio");
            Require.present(candidate, "search.start.factors");
            Require.that(!candidate.factors().isPerLayer(), "search.start.factors", "must be the same for all layers",
                    "a table whose layers differ", "search one row for all, or start from a table that has one");
        }

        /**
         * For another ratio: λ^(ln s' / ln s), which keeps what is not stretched, takes a factor of s to s', and turns PI into
         * PI and NTK into NTK. A table of a short length, s ≤ 1, stays as it is.
         */
        public Candidate stretchedTo(double otherRatio) {
            if (extensionRatio <= 1 || otherRatio == extensionRatio) {
                return candidate;
            }
            double power = Math.log(Math.max(1, otherRatio)) / Math.log(extensionRatio);
            return candidate.withFactors(RescaleFactors.of(Arrays.stream(candidate.factors().layer(0)).map(factor -> Math.pow(factor, power)).toArray()));
        }
    }

    public StartPlan {
        Require.notBlank(name, "search.start");
        tables = List.copyOf(Require.present(tables, "search.start"));
    }

    /** What an earlier stage of the job will have found. */
    public static StartPlan stage(String name) {
        return new StartPlan(name, List.of());
    }

    /** The stage meant; empty where the tables are in the plan. */
    public Optional<String> stage() {
        return tables.isEmpty() ? Optional.of(name) : Optional.empty();
    }

    /** The table made for the ratio nearest to one, as a quotient. */
    public static Table nearest(List<Table> tables, double extensionRatio) {
        return tables.stream().min(Comparator.comparingDouble(table -> Math.abs(Math.log(table.extensionRatio() / extensionRatio)))).orElseThrow();
    }
}
