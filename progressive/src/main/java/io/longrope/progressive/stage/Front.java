package io.longrope.progressive.stage;

import io.longrope.search.problem.BadInput;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What a search of two wishes came to, and the table picked from it: among those whose perplexity at the short length is
 * at most {@code tolerance} above the lowest of all compared, the one with the lowest at the long length. Both are of
 * samples the search never saw.
 *
 * @param stage       the stage's name
 * @param length      the length searched for
 * @param shortLength the length the same table must serve too
 * @param tolerance   a share
 * @param searched    the whole front on the samples of the search, by ascending loss at the long length
 * @param compared    some of the front, their twins without start tokens, and candidates that needed no search
 */
public record Front(String stage, int length, int shortLength, double tolerance, List<Losses> searched, List<Losses> compared) {

    /**
     * A candidate and its losses.
     *
     * @param name      what it is, for logs
     * @param longLoss  +∞ when it diverged
     * @param shortLoss +∞ when it diverged
     */
    public record Losses(String name, Candidate candidate, double longLoss, double shortLoss) {

        public double longPerplexity() {
            return StrictMath.exp(longLoss);
        }

        public double shortPerplexity() {
            return StrictMath.exp(shortLoss);
        }
    }

    public Front {
        searched = List.copyOf(searched);
        compared = List.copyOf(compared);
    }

    /** @throws BadInput when every candidate compared diverged at one of the lengths */
    public Losses picked() {
        return pick(compared).orElseThrow(() -> new BadInput("lengths " + length + " and " + shortLength,
                "must have a candidate whose perplexity is finite at both", "none of " + compared.size(), ""));
    }

    /** The same among those without start tokens, which no inference engine knows. */
    public Optional<Losses> pickedForEngines() {
        return pick(compared.stream().filter(one -> one.candidate().startTokens() == 0).toList());
    }

    /** Why, for people. */
    public String rule() {
        return String.format(Locale.ROOT, "lowest perplexity at %d tokens among those at most %.1f %% above the lowest at %d, %.3f",
                length, 100 * tolerance,
                shortLength, StrictMath.exp(lowestShortLoss()));
    }

    private Optional<Losses> pick(List<Losses> among) {
        double most = lowestShortLoss() + StrictMath.log1p(tolerance);
        var usable = among.stream().filter(one -> Double.isFinite(one.longLoss()) && Double.isFinite(one.shortLoss())).toList();
        // where only candidates with start tokens are within the tolerance, engines get what comes nearest to it
        return lowest(usable.stream().filter(one -> one.shortLoss() <= most).toList(), Losses::longLoss)
                .or(() -> lowest(usable, Losses::shortLoss));
    }

    private double lowestShortLoss() {
        return compared.stream().mapToDouble(Losses::shortLoss).min().orElseThrow();
    }

    private static Optional<Losses> lowest(List<Losses> among, ToDoubleFunction<Losses> loss) {
        return among.stream().min(Comparator.comparingDouble(loss));
    }

    TableEntry entry(String protocol) {
        var best = picked();
        var twin = pickedForEngines().filter(one -> !one.equals(best)).map(Front::measured);
        return new TableEntry(length, measured(best), twin, protocol);
    }

    private static Measured measured(Losses losses) {
        return Measured.of(losses.candidate(), losses.longPerplexity());
    }
}
