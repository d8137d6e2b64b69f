package io.longrope.search.space;

import io.longrope.search.problem.Require;

import java.util.Arrays;

/**
 * Neighbouring pairs that share one factor: all pairs cut into groups as equal as whole pairs allow, as DPE has it (arXiv 2504.18857,
 * 8 groups of 8). As many groups as pairs leave each pair by itself.
 *
 * @param pairs d/2
 * @param count of groups, at least 1 and at most the pairs
 */
public record PairGroups(int pairs, int count) {

    public PairGroups {
        Require.atLeast(1, count, "space.groups");
        Require.that(count <= pairs, "space.groups", "must be at most the model's pairs, " + pairs, count);
    }

    /** Its first pair; of the group after the last the number of pairs. */
    public int first(int group) {
        return (int) ((long) group * pairs / count);
    }

    public int size(int group) {
        return first(group + 1) - first(group);
    }

    /** Gives every pair of a group a value. */
    public void set(double[] values, int group, double value) {
        Arrays.fill(values, first(group), first(group + 1), value);
    }

    /** The values of groups as those of their pairs. */
    double[] spread(double[] values) {
        var spread = new double[pairs];
        for (int group = 0; group < count; group++) {
            set(spread, group, values[group]);
        }
        return spread;
    }
}
