package io.longrope.search.evolution;

import io.jenetics.AnyGene;
import io.jenetics.Phenotype;
import io.jenetics.engine.Evaluator;
import io.jenetics.ext.moea.Vec;
import io.jenetics.util.ISeq;
import io.jenetics.util.Seq;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** As {@link GenerationEvaluator}, for candidates that are scored at two lengths. */
final class ParetoEvaluator implements Evaluator<AnyGene<Point>, Vec<double[]>> {

    private final SearchSpace space;
    private final SearchSettings settings;
    private final int budget;
    private final int costs;
    private final ParetoFitness fitness;
    private final SearchListener listener;
    private final Archive claims = new Archive();
    private final ParetoArchive scored = new ParetoArchive();
    private int generation = -1;

    /**
     * @param budget evaluations at most
     * @param costs  evaluations per candidate
     */
    ParetoEvaluator(SearchSpace space, SearchSettings settings, int budget, int costs, ParetoFitness fitness, SearchListener listener) {
        this.space = space;
        this.settings = settings;
        this.budget = budget;
        this.costs = costs;
        this.fitness = fitness;
        this.listener = listener;
    }

    /** Every point asked for, ranked by the loss at the long length. */
    Archive claims() {
        return claims;
    }

    ParetoArchive scored() {
        return scored;
    }

    int generation() {
        return generation;
    }

    int evaluations() {
        return costs * claims.evaluations();
    }

    boolean canAfford() {
        return affordable(1) > 0;
    }

    @Override
    public ISeq<Phenotype<AnyGene<Point>, Vec<double[]>>> eval(Seq<Phenotype<AnyGene<Point>, Vec<double[]>>> population) {
        var points = population.stream().filter(Phenotype::nonEvaluated).map(Points::decode).toList();
        var known = new HashMap<Point, Vec<double[]>>();
        var entries = new ArrayList<ParetoArchive.Entry>();
        // one round, but for the last of a search that a token budget ends
        for (int count = affordable(points.size()); count > 0; count = affordable(points.size() - entries.size())) {
            var next = points.subList(entries.size(), entries.size() + count);
            var losses = score(next);
            for (int i = 0; i < count; i++) {
                var entry = new ParetoArchive.Entry(next.get(i), losses.get(i));
                claims.record(entry.point(), FitnessValue.of(losses.get(i).longLoss(), losses.get(i).tokens()), losses.get(i).longLoss());
                known.put(entry.point(), entry.fitness());
                entries.add(entry);
            }
        }
        if (!entries.isEmpty()) {
            scored.record(entries);
            generation++;
            report(entries);
        }
        return population.stream()
                .map(one -> one.isEvaluated() ? one : one.withFitness(known.getOrDefault(Points.decode(one), ParetoArchive.worst())))
                .collect(ISeq.toISeq());
    }

    /** How many of the wanted may be scored at once, if each costs as much as the costliest so far. */
    private int affordable(int wanted) {
        return (int) Math.min(wanted, Math.min((budget - evaluations()) / costs, claims.affordable(settings.maxTokens())));
    }

    private List<ParetoFitness.Losses> score(List<Point> points) {
        try {
            var losses = fitness.evaluate(points.stream().map(space::candidate).toList());
            if (losses.size() != points.size()) {
                throw new IllegalStateException("fitness returned " + losses.size() + " values for " + points.size() + " candidates");
            }
            return losses;
        } catch (InterruptedException e) {
            throw new GenerationEvaluator.Interrupted(e);
        }
    }

    private void report(List<ParetoArchive.Entry> entries) {
        var sorted = entries.stream().mapToDouble(entry -> entry.losses().longLoss()).sorted().toArray();
        var best = claims.best();
        listener.onGeneration(new SearchListener.Progress(generation, space.candidate(best.point()), best.loss(), sorted[sorted.length / 2],
                evaluations(), budget, 0, claims.tokens()));
    }
}
