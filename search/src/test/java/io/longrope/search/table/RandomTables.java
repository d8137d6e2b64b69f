package io.longrope.search.table;

import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Any valid table, monotone or not, on a grid or off it. */
final class RandomTables {

    private RandomTables() {
    }

    static Arbitrary<FactorTable> tables() {
        return geometries().flatMap(geometry -> Arbitraries.integers().between(1, 1 << 22).set().ofMinSize(1).ofMaxSize(4)
                .flatMap(lengths -> entries(geometry, lengths.stream().sorted().toList()))
                .map(entries -> new FactorTable("a/model", geometry, entries, List.of("seed 1", "λ \"quoted\""))));
    }

    /** Tables an engine's two-table form holds without loss: a short and a long row, no start tokens, one attention factor. */
    static Arbitrary<FactorTable> twoTables() {
        return geometries().flatMap(geometry -> Combinators.combine(row(geometry, 1e6), stoppedFromSomewhere(geometry), attention(),
                Arbitraries.integers().between(geometry.originalLength() + 1, 1 << 22)).as((shortRow, longRow, attention, length) ->
                new FactorTable("a/model", geometry, List.of(
                        TableEntry.of(geometry.originalLength(), Measured.unmeasured(new Candidate(shortRow, 0, attention))),
                        TableEntry.of(length, Measured.unmeasured(new Candidate(longRow, 0, attention)))), List.of())));
    }

    static Arbitrary<RopeGeometry> geometries() {
        return Combinators.combine(Arbitraries.integers().between(1, 8), Arbitraries.doubles().between(2, 1e7),
                Arbitraries.integers().between(1, 1 << 18)).as((pairs, theta, length) -> new RopeGeometry(2 * pairs, theta, length));
    }

    static Arbitrary<RescaleFactors> row(RopeGeometry geometry, double largest) {
        return Arbitraries.doubles().between(1e-3, largest).ofScale(12).array(double[].class).ofSize(geometry.pairs())
                .map(RescaleFactors::of);
    }

    /** A row whose last pairs, or none, do not turn. */
    private static Arbitrary<RescaleFactors> stoppedFromSomewhere(RopeGeometry geometry) {
        return Combinators.combine(row(geometry, 1e6), Arbitraries.integers().between(0, geometry.pairs())).as((row, first) -> {
            var factors = row.layer(0);
            Arrays.fill(factors, first, factors.length, Double.POSITIVE_INFINITY);
            return RescaleFactors.of(factors);
        });
    }

    private static Arbitrary<Double> attention() {
        return Arbitraries.doubles().between(0.5, 2).ofScale(12);
    }

    private static Arbitrary<List<TableEntry>> entries(RopeGeometry geometry, List<Integer> lengths) {
        return Combinators.combine(lengths.stream().map(length -> entry(geometry, length)).toList()).as(entries -> entries);
    }

    private static Arbitrary<TableEntry> entry(RopeGeometry geometry, int length) {
        var perplexity = Arbitraries.doubles().between(1, 1e4).ofScale(9).optional(0.8)
                .map(value -> value.map(OptionalDouble::of).orElseGet(OptionalDouble::empty));
        return Combinators.combine(factors(geometry), Arbitraries.integers().between(0, 256), attention(), perplexity, row(geometry, 1e6),
                Arbitraries.of("", "report share, 8 samples"))
                .as((factors, startTokens, attention, score, plain, protocol) -> new TableEntry(
                length, new Measured(new Candidate(factors, startTokens, attention), score),
                startTokens % 2 == 0 ? Optional.empty() : Optional.of(new Measured(new Candidate(plain, 0, attention), score)), protocol));
    }

    private static Arbitrary<RescaleFactors> factors(RopeGeometry geometry) {
        var withInfinity = Arbitraries.frequencyOf(Tuple.of(9, Arbitraries.doubles().between(1e-3, 1e9).ofScale(12)),
                Tuple.of(1, Arbitraries.just(Double.POSITIVE_INFINITY)));
        var rows = withInfinity.array(double[].class).ofSize(geometry.pairs()).array(double[][].class).ofMinSize(1).ofMaxSize(3);
        return rows.map(RescaleFactors::perLayer);
    }
}
