package io.longrope.search.evolution;

import io.jenetics.AnyGene;
import io.jenetics.Selector;
import io.jenetics.engine.EvolutionResult;
import io.jenetics.ext.moea.NSGA2Selector;
import io.jenetics.ext.moea.Vec;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Searches tables for engines that choose one at start and keep it: low loss at the length searched for and at a short one.
 * NSGA-II [1] decides who survives and breeds (rank of the front, then crowding); the first population is the seeds and
 * members of the {@link RampFamily}; offspring come from {@link CurveOperators}. Keeps the promises of {@link SearchAlgorithm}; an evaluation is one candidate at one
 * length, so a candidate costs two.
 *
 * <p>[1] Deb et al., A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II, IEEE Trans. Evol. Comput. 6(2), 2002.
 */
public final class ParetoSearch {

    /** As written in a plan. */
    public static final String NAME = "nsga2";

    private static final int LENGTHS = 2;

    private final SearchSpace space;
    private final SearchSettings settings;
    private final ParetoEvaluator evaluator;
    private final PointEvolution evolution;
    private final RandomGenerator random;
    private final CurveOperators operators;
    private final Novelty novelty;

    private ParetoSearch(SearchSpace space, SearchSettings settings, ParetoFitness fitness, SearchListener listener) {
        this.space = space;
        this.settings = settings;
        evaluator = new ParetoEvaluator(space, settings, budget(settings), LENGTHS, fitness, listener);
        evolution = new PointEvolution(space, settings.seed());
        random = evolution.random();
        operators = new CurveOperators(space, random);
        novelty = new Novelty(space, evaluator.claims(), random);
    }

    /**
     * @param settings P, T, N1 mutants, N2 mixtures, k, budget, patience and seed count; {@code maxEvaluations} is of both lengths together
     * @param seeds    known good candidates; each enters as the valid point nearest to it. May be empty.
     * @throws io.longrope.search.problem.BadInput as {@link #check} says
     */
    public static ParetoResult search(SearchSpace space, SearchSettings settings, List<Candidate> seeds, ParetoFitness fitness, SearchListener listener)
            throws InterruptedException {
        check(settings);
        return new ParetoSearch(space, settings, fitness, listener).run(seeds);
    }

    /** Evaluations it asks for at most, of both lengths together. */
    public static int evaluations(SearchSettings settings) {
        return LENGTHS * Math.min(budget(settings) / LENGTHS, settings.planned());
    }

    /** @throws io.longrope.search.problem.BadInput when the settings make no sense for it, whatever the space */
    public static void check(SearchSettings settings) {
        Require.that(settings.maxEvaluations() == 0 || settings.maxEvaluations() >= LENGTHS, "search.max-evaluations",
                "must be at least " + LENGTHS + " for algorithm " + NAME + ": a candidate is scored at both lengths", settings.maxEvaluations());
        Require.that(!settings.racing(), "search.racing", "must be false for algorithm " + NAME, true);
        Require.that(!settings.freshSamples(), "search.fresh-samples", "must be false for algorithm " + NAME + ", whose front spans all generations", true);
    }

    private static int budget(SearchSettings settings) {
        return settings.maxEvaluations() == 0 ? (int) Math.min(Integer.MAX_VALUE, (long) LENGTHS * settings.planned()) : settings.maxEvaluations();
    }

    private ParetoResult run(List<Candidate> seeds) throws InterruptedException {
        var stop = new Stop();
        evolution.run(evaluator, survivors(), settings.parents(), firstPopulation(seeds), this::offspring, stop::proceed);
        var scored = evaluator.scored();
        return new ParetoResult(members(scored.front()), members(scored.spread(settings.finalists())), evaluator.evaluations(),
                evaluator.claims().tokens(), evaluator.generation(), stop.end);
    }

    private List<ParetoResult.Member> members(List<ParetoArchive.Entry> entries) {
        return entries.stream().map(entry -> new ParetoResult.Member(space.candidate(entry.point()), entry.losses().longLoss(),
                entry.losses().shortLoss())).toList();
    }

    private List<Point> firstPopulation(List<Candidate> seeds) {
        var first = new ArrayList<>(novelty.firstOf(seeds));
        first.addAll(novelty.claim(Math.max(settings.population() - first.size(), 0), operators::ramp, operators::ramp));
        return first;
    }

    /** Fewer than asked for where there are no more: the library's selector repeats them instead. */
    private Selector<AnyGene<Point>, Vec<double[]>> survivors() {
        var best = NSGA2Selector.<AnyGene<Point>, double[], Vec<double[]>>ofVec();
        return (population, ignoredCount, optimize) -> best.select(population, Math.min(population.size(), settings.parents()), optimize);
    }

    private List<Point> offspring(List<Point> parents) {
        if (settings.generations() == 0) {
            return List.of();
        }
        Supplier<Point> mutant = () -> operators.mutate(any(parents));
        var children = new ArrayList<>(novelty.claim(settings.mutations(), mutant, mutant));
        children.addAll(novelty.claim(settings.crossovers(), () -> operators.mix(any(parents), any(parents)), mutant));
        return children;
    }

    private Point any(List<Point> points) {
        return points.get(random.nextInt(points.size()));
    }

    /** Says after each generation whether another one follows, and remembers which rule ended the search. */
    private final class Stop {

        private SearchResult.End end;
        private int before;

        boolean proceed(EvolutionResult<AnyGene<Point>, Vec<double[]>> result) {
            boolean grew = evaluator.evaluations() > before;
            before = evaluator.evaluations();
            if (result.generation() >= settings.generations()) {
                end = SearchResult.End.GENERATIONS;
            } else if (!evaluator.canAfford()) {
                end = evaluator.claims().affordable(settings.maxTokens()) == 0 ? SearchResult.End.TOKENS : SearchResult.End.EVALUATIONS;
            } else if (settings.patience() > 0 && evaluator.scored().generationsWithoutGain() >= settings.patience()) {
                end = SearchResult.End.PATIENCE;
            } else if (!grew) {
                end = SearchResult.End.EXHAUSTED;
            }
            return end == null;
        }
    }
}
