package io.longrope.search.evolution;

import io.jenetics.AnyGene;
import io.jenetics.Phenotype;
import io.jenetics.engine.Evaluator;
import io.jenetics.util.ISeq;
import io.jenetics.util.Seq;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/** Jenetics' population seam: one call sends a whole generation out, as far as the budget reaches. */
final class GenerationEvaluator implements Evaluator<AnyGene<Point>, Double> {

    private static final Comparator<Phenotype<?, Double>> SURVIVORS_FIRST = Comparator.comparing(Phenotype::nonEvaluated);

    private final SearchSpace space;
    private final SearchSettings settings;
    private final Fitness fitness;
    private final SearchListener listener;
    private final Archive archive;
    private final int spared;
    private int generation = -1;

    /**
     * @param spared racing spares who could still be among so many best
     */
    GenerationEvaluator(SearchSpace space, SearchSettings settings, Fitness fitness, SearchListener listener, Archive archive, int spared) {
        this.space = space;
        this.settings = settings;
        this.fitness = fitness;
        this.listener = listener;
        this.archive = archive;
        this.spared = spared;
    }

    /** Carries an interruption through the engine, which cannot throw it. */
    static final class Interrupted extends RuntimeException {

        Interrupted(InterruptedException cause) {
            super(cause);
        }
    }

    int generation() {
        return generation;
    }

    @Override
    public ISeq<Phenotype<AnyGene<Point>, Double>> eval(Seq<Phenotype<AnyGene<Point>, Double>> population) {
        boolean again = settings.freshSamples() && population.stream().anyMatch(Phenotype::nonEvaluated);
        var points = population.stream().filter(one -> again || one.nonEvaluated()).sorted(SURVIVORS_FIRST).map(Points::decode).toList();
        if (again) {
            archive.useFreshSamples();
        }
        var race = settings.racing() ? Race.against(archive.ranked(), spared) : Race.OFF;
        var losses = new HashMap<Point, Double>();
        // one round, but for the last of a search that a token budget ends
        for (int count = affordable(points.size()); count > 0; count = affordable(points.size() - losses.size())) {
            var next = points.subList(losses.size(), losses.size() + count);
            var values = score(next, race.bounds());
            for (int i = 0; i < count; i++) {
                double loss = race.comparableLoss(values.get(i));
                archive.record(next.get(i), values.get(i), loss);
                losses.put(next.get(i), loss);
            }
        }
        if (!losses.isEmpty()) {
            generation++;
            report(losses.values());
        }
        // beyond the budget: worst, and never a finalist, since the archive does not know it
        return population.stream()
                .map(one -> one.isEvaluated() && !again ? one : one.withFitness(losses.getOrDefault(Points.decode(one), Double.POSITIVE_INFINITY)))
                .collect(ISeq.toISeq());
    }

    /** How many of the wanted may be scored at once, if each costs as much as the costliest so far. */
    private int affordable(int wanted) {
        return (int) Math.min(wanted, Math.min(settings.budget() - archive.evaluations(), archive.affordable(settings.maxTokens())));
    }

    private List<FitnessValue> score(List<Point> points, List<Double> lossBounds) {
        var trials = points.stream().map(point -> new Trial(space.candidate(point), lossBounds)).toList();
        try {
            var values = fitness.evaluate(trials);
            if (values.size() != trials.size()) {
                throw new IllegalStateException("fitness returned " + values.size() + " values for " + trials.size() + " trials");
            }
            return values;
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    private void report(Collection<Double> scored) {
        var losses = scored.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        var best = archive.best();
        listener.onGeneration(new SearchListener.Progress(generation, space.candidate(best.point()), best.loss(),
                losses[losses.length / 2], archive.evaluations(), settings.budget(),
                archive.stopped(), archive.tokens()));
    }
}
