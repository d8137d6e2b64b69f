package io.longrope.search.evolution;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How far a search had come after each evaluation.
 *
 * @param algorithm  its name
 * @param seed       its seed
 * @param bestLosses best search loss so far, after 1, 2, … evaluations
 * @param tokens     tokens evaluated until then
 * @param best       the best candidate so far
 * @param finalists  the best at the end, best first
 */
public record SearchCurve(String algorithm, long seed, List<Double> bestLosses, List<Long> tokens, List<Candidate> best,
                          List<Candidate> finalists) {

    public SearchCurve {
        bestLosses = List.copyOf(bestLosses);
        tokens = List.copyOf(tokens);
        best = List.copyOf(best);
        finalists = List.copyOf(finalists);
        Require.that(!bestLosses.isEmpty() && bestLosses.size() == tokens.size() && tokens.size() == best.size(), "curve",
                "must have a loss, tokens and a candidate for each evaluation",
                bestLosses.size() + ", " + tokens.size() + ", " + best.size());
    }

    /** Runs a search to its end and remembers its way. */
    public static SearchCurve of(String algorithm, SearchSpace space, SearchSettings settings, List<Candidate> seeds, Scorer scorer)
            throws InterruptedException {
        var searched = SearchAlgorithms.namedOfOneObjective(algorithm);
        var result = SearchLoop.run(searched.start(space, settings, seeds), scorer, settings.finalists(), searched.evaluations(settings),
                SearchListener.NONE);
        var bestLosses = new ArrayList<Double>();
        var tokens = new ArrayList<Long>();
        var best = new ArrayList<Candidate>();
        for (var one : result.scored()) {
            int last = bestLosses.size() - 1;
            boolean better = last < 0 || !one.isStopped() && one.loss() < bestLosses.get(last);
            bestLosses.add(better ? one.loss() : bestLosses.get(last));
            best.add(better ? one.candidate() : best.get(last));
            tokens.add((last < 0 ? 0 : tokens.get(last)) + one.measurement().tokens());
        }
        return new SearchCurve(algorithm, settings.seed(), bestLosses, tokens, best,
                result.finalists().stream().map(Scored::candidate).toList());
    }

    public double finalLoss() {
        return bestLosses.get(bestLosses.size() - 1);
    }

    /** Evaluations until the best loss was at or below a target; empty when it never was. */
    public OptionalInt evaluationsTo(double target) {
        for (int i = 0; i < bestLosses.size(); i++) {
            if (bestLosses.get(i) <= target) {
                return OptionalInt.of(i + 1);
            }
        }
        return OptionalInt.empty();
    }
}
