package io.longrope.search.evolution;

import io.jenetics.Alterer;
import io.jenetics.AltererResult;
import io.jenetics.AnyGene;
import io.jenetics.Optimize;
import io.jenetics.Phenotype;
import io.jenetics.Selector;
import io.jenetics.engine.Engine;
import io.jenetics.engine.EvolutionResult;
import io.jenetics.engine.EvolutionStart;
import io.jenetics.engine.EvolutionStream;
import io.jenetics.ext.moea.NSGA2Selector;
import io.jenetics.ext.moea.Vec;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

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
    private final RandomGenerator random;
    private final CurveOperators operators;
    private final Novelty novelty;

    private ParetoSearch(SearchSpace space, SearchSettings settings, ParetoFitness fitness, SearchListener listener) {
        this.space = space;
        this.settings = settings;
        evaluator = new ParetoEvaluator(space, settings, budget(settings), LENGTHS, fitness, listener);
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(settings.seed());
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
        var first = firstPopulation(seeds);
        try {
            RandomRegistry.using(random, scope -> {
                var start = EvolutionStart.<AnyGene<Point>, Vec<double[]>>of(first.stream().map(ParetoSearch::newborn).collect(ISeq.toISeq()), 1);
                EvolutionStream.ofEvolution(() -> start, engine()).limit(stop::proceed).forEach(generation -> { });
            });
        } catch (GenerationEvaluator.Interrupted e) {
            throw (InterruptedException) e.getCause();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
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

    private Engine<AnyGene<Point>, Vec<double[]>> engine() {
        return new Engine.Builder<>(evaluator, Points.codec(space, random).encoding())
                .optimize(Optimize.MINIMUM)
                .populationSize(settings.parents() + 1)
                .survivorsSize(settings.parents())
                .selector(survivors())
                .alterers(offspring())
                .maximalPhenotypeAge(Long.MAX_VALUE)
                .executor(Runnable::run)
                .build();
    }

    /** Fewer than asked for where there are no more: the library's selector repeats them instead. */
    private Selector<AnyGene<Point>, Vec<double[]>> survivors() {
        var best = NSGA2Selector.<AnyGene<Point>, double[], Vec<double[]>>ofVec();
        return (population, ignoredCount, optimize) -> best.select(population, Math.min(population.size(), settings.parents()), optimize);
    }

    private Alterer<AnyGene<Point>, Vec<double[]>> offspring() {
        return (parents, generation) -> {
            var points = parents.stream().map(Points::decode).toList();
            Supplier<Point> mutant = () -> operators.mutate(any(points));
            var children = new ArrayList<Point>();
            if (settings.generations() > 0) {
                children.addAll(novelty.claim(settings.mutations(), mutant, mutant));
                children.addAll(novelty.claim(settings.crossovers(), () -> operators.mix(any(points), any(points)), mutant));
            }
            return new AltererResult<>(children.stream().map(ParetoSearch::newborn).collect(ISeq.toISeq()), children.size());
        };
    }

    private Point any(List<Point> points) {
        return points.get(random.nextInt(points.size()));
    }

    private static Phenotype<AnyGene<Point>, Vec<double[]>> newborn(Point point) {
        return Phenotype.of(Points.encode(point), 1);
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
