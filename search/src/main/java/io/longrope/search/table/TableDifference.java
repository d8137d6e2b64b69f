package io.longrope.search.table;

import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Where two tables of equally shaped models differ.
 *
 * @param onlyInFirst  lengths of entries the second table lacks
 * @param onlyInSecond lengths of entries the first lacks
 * @param shared       one per length both have, ascending
 */
public record TableDifference(List<Integer> onlyInFirst, List<Integer> onlyInSecond, List<Entry> shared) {

    /**
     * @param length          of both entries
     * @param distance        root mean square of ln(a_i / b_i), over the first rows of per-layer factors; 0 = equal there
     * @param differingPairs  pairs whose factors are not equal to the bit in every layer
     * @param widestPair      the pair that differs most
     * @param widestRatio     first / second there
     * @param startTokens     second n̂ minus first
     * @param attentionFactor second minus first
     */
    public record Entry(int length, double distance, List<Integer> differingPairs, int widestPair, double widestRatio,
                        int startTokens, double attentionFactor) {

        public boolean isEqual() {
            return differingPairs.isEmpty() && startTokens == 0 && attentionFactor == 0;
        }
    }

    public static TableDifference between(FactorTable first, FactorTable second) {
        Require.that(first.geometry().pairs() == second.geometry().pairs(), "tables", "must have equally many factors",
                first.geometry().pairs() + " and " + second.geometry().pairs());
        var lengths = lengths(first);
        lengths.retainAll(lengths(second));
        return new TableDifference(List.copyOf(without(lengths(first), lengths)), List.copyOf(without(lengths(second), lengths)),
                lengths.stream().map(length -> entry(at(first, length), at(second, length))).toList());
    }

    /** True when both hold the same lengths with the same candidates. */
    public boolean isEmpty() {
        return onlyInFirst.isEmpty() && onlyInSecond.isEmpty() && shared.stream().allMatch(Entry::isEqual);
    }

    private static Entry entry(TableEntry a, TableEntry b) {
        var first = a.best().candidate();
        var second = b.best().candidate();
        var differing = new ArrayList<Integer>();
        int widest = 0;
        double widestLog = 0;
        for (int i = 0; i < first.factors().pairs(); i++) {
            if (!sameInEveryLayer(first.factors(), second.factors(), i)) {
                differing.add(i);
            }
            double log = first.factors().get(i) == second.factors().get(i) ? 0
                    : Math.abs(Math.log(first.factors().get(i) / second.factors().get(i)));
            if (log > widestLog) {
                widest = i;
                widestLog = log;
            }
        }
        double ratio = widestLog == 0 ? 1 : first.factors().get(widest) / second.factors().get(widest);
        return new Entry(a.length(), TableSummary.distance(first.factors(), second.factors()), List.copyOf(differing), widest, ratio,
                second.startTokens() - first.startTokens(), second.attentionFactor() - first.attentionFactor());
    }

    private static boolean sameInEveryLayer(RescaleFactors first, RescaleFactors second, int pair) {
        int layers = Math.max(first.layers(), second.layers());
        if (first.isPerLayer() && second.isPerLayer() && first.layers() != second.layers()) {
            return false;
        }
        for (int layer = 0; layer < layers; layer++) {
            if (first.layer(layer)[pair] != second.layer(layer)[pair]) {
                return false;
            }
        }
        return true;
    }

    private static TableEntry at(FactorTable table, int length) {
        return table.entries().stream().filter(entry -> entry.length() == length).findFirst().orElseThrow();
    }

    private static TreeSet<Integer> lengths(FactorTable table) {
        return table.entries().stream().map(TableEntry::length).collect(Collectors.toCollection(TreeSet::new));
    }

    private static TreeSet<Integer> without(TreeSet<Integer> lengths, TreeSet<Integer> shared) {
        lengths.removeAll(shared);
        return lengths;
    }
}
