package io.longrope.progressive.bench;

import io.longrope.progressive.report.TextTable;
import io.longrope.search.problem.Plural;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How far a search had come.
 *
 * @param algorithm   an entrant's name; of a {@link Kind#SEED} the method's
 * @param seed        the search's; 0 for a method
 * @param factor      length as a multiple of the original length
 * @param evaluations candidates scored until then
 * @param tokens      tokens evaluated on search samples until then
 * @param search      perplexity on the search samples; +∞ when it diverged
 * @param selection   of the same candidate on the selection samples; empty where it was not asked
 * @param report      of the same candidate on the report samples
 */
public record CurvePoint(String algorithm, long seed, int factor, Kind kind, int evaluations, long tokens, double search,
                         OptionalDouble selection, OptionalDouble report) {

    static final List<String> HEADERS =
            List.of("algorithm", "seed", "factor", "kind", "evaluations", "tokens", "search", "selection", "report");

    /** Which candidate it is. */
    public enum Kind {
        /** A method that needs no search. */
        SEED,
        /** The best on the search samples so far. */
        BEST,
        /** The finalist that did best on the selection samples: what the search comes to. */
        CHOSEN
    }

    boolean isOf(String otherAlgorithm, long otherSeed, int otherFactor) {
        return algorithm.equals(otherAlgorithm) && seed == otherSeed && factor == otherFactor;
    }

    List<String> cells() {
        return List.of(algorithm, Long.toString(seed), Integer.toString(factor), kind.name().toLowerCase(Locale.ROOT),
                Integer.toString(evaluations),
                Long.toString(tokens), Double.toString(search), cell(selection), cell(report));
    }

    /** @throws IllegalArgumentException when the cells are not those of a point */
    static CurvePoint of(String[] cells) {
        if (cells.length != HEADERS.size()) {
            throw new IllegalArgumentException(Plural.of(cells.length, "cell"));
        }
        return new CurvePoint(cells[0], Long.parseLong(cells[1]), Integer.parseInt(cells[2]),
                Kind.valueOf(cells[3].toUpperCase(Locale.ROOT)),
                Integer.parseInt(cells[4]), Long.parseLong(cells[5]), Double.parseDouble(cells[6]), number(cells[7]), number(cells[8]));
    }

    static String csv(List<CurvePoint> points) {
        return new TextTable(HEADERS, points.stream().map(CurvePoint::cells).toList()).csv();
    }

    static double median(double[] sorted) {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static String cell(OptionalDouble value) {
        return value.isPresent() ? Double.toString(value.getAsDouble()) : "";
    }

    private static OptionalDouble number(String cell) {
        return cell.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(cell));
    }
}
