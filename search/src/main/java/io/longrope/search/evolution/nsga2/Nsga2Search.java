package io.longrope.search.evolution.nsga2;

import io.jenetics.ext.moea.Vec;
import io.longrope.search.evolution.Optimizer;
import io.longrope.search.evolution.SearchAlgorithm;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.internal.Generational;
import io.longrope.search.evolution.internal.Survival;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Searches tables for engines that choose one at start and keep it: low loss at the length searched for and at a short one, the
 * two objectives of its trials in this order. NSGA-II [1] decides who survives and breeds (rank of the front, then crowding); the first
 * population is the seeds and members of the ramp family; offspring come from {@link CurveOperators}. An evaluation is one candidate at
 * one length, so a candidate costs two.
 *
 * <p>[1] Deb et al., A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II, IEEE Trans. Evol. Comput. 6(2), 2002.
 */
public final class Nsga2Search extends Generational<Vec<double[]>> {

    private static final int LENGTHS = 2;

    /** {@code maxEvaluations} is of both lengths together. */
    public static final SearchAlgorithm ALGORITHM = new SearchAlgorithm() {

        @Override
        public String name() {
            return "nsga2";
        }

        @Override
        public int objectives() {
            return LENGTHS;
        }

        @Override
        public int evaluations(SearchSettings settings) {
            return LENGTHS * Math.min(budgeted(settings).budget() / LENGTHS, settings.planned());
        }

        @Override
        public void check(SearchSettings settings) {
            Require.that(settings.maxEvaluations() == 0 || settings.maxEvaluations() >= LENGTHS, "search.max-evaluations",
                    "must be at least " + LENGTHS + " for algorithm " + name() + ": a candidate is scored at both lengths",
                    settings.maxEvaluations());
            Require.that(!settings.racing(), "search.racing", "must be false for algorithm " + name(), true);
            Require.that(!settings.freshSamples(), "search.fresh-samples",
                    "must be false for algorithm " + name() + ", whose front spans all generations", true);
            SearchAlgorithm.super.check(settings);
        }

        @Override
        public Optimizer start(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
            check(settings);
            return new Nsga2Search(space, budgeted(settings), seeds);
        }
    };

    private final SearchSettings settings;
    private final List<Candidate> seeds;
    private final CurveOperators operators;

    private Nsga2Search(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
        super(space, settings, Survival.ofFront(settings.parents()), settings.generations());
        this.settings = settings;
        this.seeds = seeds;
        operators = new CurveOperators(space, random());
    }

    private static SearchSettings budgeted(SearchSettings settings) {
        return settings.orEvaluations((int) Math.min(Integer.MAX_VALUE, (long) LENGTHS * settings.planned()));
    }

    @Override
    protected List<Point> first() {
        var first = new ArrayList<>(novelty().firstOf(seeds));
        first.addAll(novelty().claim(Math.max(settings.population() - first.size(), 0), operators::ramp, operators::ramp));
        return first;
    }

    @Override
    protected List<Point> breed(List<Point> parents) {
        Supplier<Point> mutant = () -> operators.mutate(any(parents));
        var children = new ArrayList<>(novelty().claim(settings.mutations(), mutant, mutant));
        children.addAll(novelty().claim(settings.crossovers(), () -> operators.mix(any(parents), any(parents)), mutant));
        return children;
    }
}
