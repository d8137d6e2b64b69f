package io.longrope.search.table;

import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a candidate does to each pair at a length.
 *
 * @param geometry     the model's rotary embedding
 * @param length       the length it serves
 * @param candidate    what is summarised; of per-layer factors the first layer
 * @param criticalPair see {@link RopeGeometry#criticalPair}
 * @param pairs        one per rotary pair
 * @param distances    known methods at the same length, nearest first: root mean square of ln(λ_i / method's λ_i)
 */
public record TableSummary(RopeGeometry geometry, int length, Candidate candidate, int criticalPair, List<Pair> pairs,
                           Map<String, Double> distances) {

    private static final List<String> COMPARED = List.of("original", "pi", "ntk", "ntk-mixed", "yarn", "llama3");
    /** Larger factors stop a pair for all purposes; keeps distances finite. */
    private static final double STOPPED_FROM = 1e9;

    /** What a factor does with positions beyond the original length. */
    public enum Treatment {
        /** λ ≤ 1: positions as trained, so that angles go on beyond those seen. */
        EXTRAPOLATED,
        /** 1 < λ < s: some of both. */
        MIXED,
        /** λ ≥ s, and above 1: every angle lies within those seen. */
        INTERPOLATED,
        /** The pair hardly turns at all. */
        STOPPED
    }

    /**
     * @param index              0 = highest frequency
     * @param factor             λ
     * @param wavelength         positions per turn as trained
     * @param rescaledWavelength λ times that
     * @param treatment          what λ does
     * @param unseenAngles       true when the pair never completed a turn in training and λ lets it go beyond what it did
     */
    public record Pair(int index, double factor, double wavelength, double rescaledWavelength, Treatment treatment, boolean unseenAngles) {
    }

    public TableSummary {
        pairs = List.copyOf(pairs);
    }

    public static TableSummary of(RopeGeometry geometry, int length, Candidate candidate) {
        double s = Math.max(1, geometry.extensionRatio(length));
        int critical = geometry.criticalPair();
        var pairs = IntStream.range(0, geometry.pairs()).mapToObj(i -> {
            double factor = candidate.factors().get(i);
            double wavelength = geometry.wavelength(i);
            return new Pair(i, factor, wavelength, factor * wavelength, treatment(factor, s), i >= critical && factor < s);
        }).toList();
        return new TableSummary(geometry, length, candidate, critical, pairs, distances(geometry, length, candidate.factors()));
    }

    public static TableSummary of(FactorTable table, TableEntry entry) {
        return of(table.geometry(), entry.length(), entry.best().candidate());
    }

    public long count(Treatment treatment) {
        return pairs.stream().filter(pair -> pair.treatment == treatment).count();
    }

    /** The known method nearest in factors. */
    public String closestMethod() {
        return distances.keySet().iterator().next();
    }

    /** Root mean square of ln(a_i / b_i) over all pairs of the first rows. */
    static double distance(RescaleFactors a, RescaleFactors b) {
        return Math.sqrt(IntStream.range(0, a.pairs())
                .mapToDouble(i -> Math.log(Math.min(a.get(i), STOPPED_FROM) / Math.min(b.get(i), STOPPED_FROM)))
                .map(difference -> difference * difference).average().orElseThrow());
    }

    private static Treatment treatment(double factor, double s) {
        if (factor >= STOPPED_FROM) {
            return Treatment.STOPPED;
        }
        if (factor <= 1) {
            return Treatment.EXTRAPOLATED;
        }
        return factor >= s ? Treatment.INTERPOLATED : Treatment.MIXED;
    }

    private static Map<String, Double> distances(RopeGeometry geometry, int length, RescaleFactors factors) {
        var distances = new LinkedHashMap<String, Double>();
        // up to the original length all methods are the original
        var compared = length <= geometry.originalLength() ? COMPARED.subList(0, 1) : COMPARED;
        compared.stream()
                .filter(name -> geometry.rotaryDim() > 2 || !name.equals("ntk"))
                .map(name -> Map.entry(name, distance(factors, RopeScalings.named(name).factors(geometry, length))))
                .sorted(Map.Entry.comparingByValue())
                .forEach(entry -> distances.put(entry.getKey(), entry.getValue()));
        return distances;
    }
}
