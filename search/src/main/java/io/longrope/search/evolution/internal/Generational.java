package io.longrope.search.evolution.internal;

import io.jenetics.Alterer;
import io.jenetics.AltererResult;
import io.jenetics.AnyChromosome;
import io.jenetics.AnyGene;
import io.jenetics.Genotype;
import io.jenetics.Optimize;
import io.jenetics.Phenotype;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.Optimizer;
import io.longrope.search.evolution.Race;
import io.longrope.search.evolution.SearchResult.End;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.Trial;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * An optimizer whose population lives from generation to generation, made of Jenetics' parts: a point is a genotype of one gene, so that no
 * operator can take it apart into something the space does not contain; a selector says who survives, an alterer makes their offspring.
 * All of it runs on the calling thread with one seeded generator, so a search can be repeated. A method says what the first population is
 * and how parents breed.
 *
 * <p>A generation is asked for in rounds: usually one, but the last of a search that a token budget ends may take several, each of as many
 * trials as the budget surely reaches. A round begins when everything before it is told; so what is asked does not depend on the order of
 * the answers.
 *
 * @param <C> the fitness, less is better
 */
public abstract class Generational<C extends Comparable<? super C>> implements Optimizer {

    private final SearchSpace space;
    private final SearchSettings settings;
    private final Survival<C> survival;
    private final long generations;
    private final Predicate<List<Measurement>> gain;
    private final RandomGenerator random;
    private final Archive archive = new Archive();
    private final Novelty novelty;

    private ISeq<Phenotype<AnyGene<Point>, C>> population = ISeq.empty();
    /** Of the generation begun last: to be asked for in later rounds, and what was told. */
    private final Deque<Point> unasked = new ArrayDeque<>();
    private final Map<Point, Measurement> measured = new LinkedHashMap<>();
    private Race race = Race.OFF;
    private int generation = -1;
    private int steady;
    private End end;
    /** Of the round begun last: not handed out yet, handed out and not told, told. */
    private final Deque<Trial> ready = new ArrayDeque<>();
    private final Set<Trial> open = new HashSet<>();
    private final TreeMap<Integer, Measurement> told = new TreeMap<>();
    private final Map<Integer, Point> round = new HashMap<>();
    private int asked;

    /**
     * @param generations how many may follow the first population
     */
    protected Generational(SearchSpace space, SearchSettings settings, Survival<C> survival, long generations) {
        this.space = space;
        this.settings = settings;
        this.survival = survival;
        this.generations = generations;
        gain = survival.progress().get();
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(settings.seed());
        novelty = new Novelty(space, archive, random);
    }

    /** The first population, claimed from the archive. */
    protected abstract List<Point> first();

    /**
     * @param parents the survivors, best first, at least one
     * @return points claimed from the archive by this call; none when no untried point was found
     */
    protected abstract List<Point> breed(List<Point> parents);

    protected final SearchSpace space() {
        return space;
    }

    /** The only generator. */
    protected final RandomGenerator random() {
        return random;
    }

    protected final Archive archive() {
        return archive;
    }

    protected final Novelty novelty() {
        return novelty;
    }

    protected final Point any(List<Point> points) {
        return points.get(random.nextInt(points.size()));
    }

    @Override
    public final int objectives() {
        return survival.objectives();
    }

    @Override
    public final List<Trial> ask(int most) {
        Require.atLeast(1, most, "ask");
        if (ready.isEmpty() && open.isEmpty()) {
            // Jenetics' parts draw from the registry
            RandomRegistry.using(random, scope -> next());
        }
        var trials = new ArrayList<Trial>();
        while (trials.size() < most && !ready.isEmpty()) {
            var trial = ready.removeFirst();
            open.add(trial);
            trials.add(trial);
        }
        return trials;
    }

    @Override
    public final void tell(Trial trial, Measurement measurement) {
        Require.that(open.contains(trial), "trial", "must be one that was asked for and not told yet", trial);
        Require.that(measurement.losses().size() == objectives(), "measurement.losses", "must be " + objectives(), measurement.losses());
        open.remove(trial);
        told.put(trial.number(), measurement);
        if (open.isEmpty() && ready.isEmpty()) {
            told.forEach((number, value) -> {
                archive.record(round.get(number), value);
                measured.put(round.get(number), value);
            });
            told.clear();
            round.clear();
        }
    }

    @Override
    public final End end() {
        return end == null ? End.EXHAUSTED : end;
    }

    /** Begins the next round, and for it the next generation where need be; none where the search has ended. */
    private void next() {
        if (generation < 0) {
            begin(first().stream().map(this::newborn).collect(ISeq.toISeq()), ISeq.empty());
        }
        while (end == null && !beginRound()) {
            close();
            end = stopRule();
            if (end == null) {
                evolve();
            }
        }
    }

    private void evolve() {
        var survivors = survival.selector().select(population, Math.min(population.size(), survival.survivors()), Optimize.MINIMUM);
        var offspring = offspring().alter(survivors, generation + 1).population();
        if (offspring.isEmpty()) {
            end = End.EXHAUSTED;
        } else {
            begin(ISeq.of(offspring), survivors);
        }
    }

    private Alterer<AnyGene<Point>, C> offspring() {
        return (parents, ignored) -> {
            var children = breed(parents.stream().map(Generational::decode).toList());
            return new AltererResult<>(children.stream().map(this::newborn).collect(ISeq.toISeq()), children.size());
        };
    }

    /** On fresh samples survivors are measured again, before the newborn. */
    private void begin(ISeq<Phenotype<AnyGene<Point>, C>> newborn, ISeq<Phenotype<AnyGene<Point>, C>> survivors) {
        generation++;
        measured.clear();
        if (settings.freshSamples()) {
            archive.useFreshSamples();
            survivors.forEach(one -> unasked.add(decode(one)));
        }
        newborn.forEach(one -> unasked.add(decode(one)));
        race = settings.racing() ? Race.against(archive.ranked().stream().map(Archive.Entry::value).toList(), survival.spared()) : Race.OFF;
        population = survivors.append(newborn);
    }

    /** False where the generation is asked for in full, or the budget ends it. */
    private boolean beginRound() {
        int count = affordable(unasked.size());
        for (int i = 0; i < count; i++) {
            var point = unasked.removeFirst();
            var trial = new Trial(asked++, generation, archive.samples(), space.candidate(point), race);
            round.put(trial.number(), point);
            ready.add(trial);
        }
        return count > 0;
    }

    /** How many of the wanted may be measured at once, if each costs as much as the costliest so far. */
    private int affordable(int wanted) {
        int left = settings.budget() / objectives() - archive.evaluations();
        return (int) Math.min(wanted, Math.min(left, archive.affordable(settings.maxTokens())));
    }

    /**
     * Gives the generation's phenotypes their fitness; what the budget did not reach is worst, and no finalist, as it was never measured.
     */
    private void close() {
        unasked.clear();
        population = population.map(one -> one.isEvaluated() && !settings.freshSamples() ? one
                : one.withFitness(measured.containsKey(decode(one)) ? survival.fitness().apply(measured.get(decode(one)))
                : survival.worst()));
        steady = gain.test(List.copyOf(measured.values())) ? 0 : steady + 1;
    }

    private End stopRule() {
        if (generation >= generations) {
            return End.GENERATIONS;
        }
        if (archive.evaluations() >= settings.budget() / objectives()) {
            return End.EVALUATIONS;
        }
        if (archive.affordable(settings.maxTokens()) <= 0) {
            return End.TOKENS;
        }
        if (settings.patience() > 0 && steady >= settings.patience()) {
            return End.PATIENCE;
        }
        return population.isEmpty() ? End.EXHAUSTED : null;
    }

    private Phenotype<AnyGene<Point>, C> newborn(Point point) {
        return Phenotype.of(Genotype.of(AnyChromosome.of(() -> point)), generation + 1L);
    }

    private static Point decode(Phenotype<AnyGene<Point>, ?> phenotype) {
        return phenotype.genotype().gene().allele();
    }
}
