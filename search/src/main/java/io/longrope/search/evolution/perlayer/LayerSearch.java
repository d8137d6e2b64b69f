package io.longrope.search.evolution.perlayer;

import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.Optimizer;
import io.longrope.search.evolution.SearchAlgorithm;
import io.longrope.search.evolution.SearchResult.End;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.Trial;
import io.longrope.search.evolution.internal.Gaussian;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Grid;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A table for each layer, by the three numbers of a {@link LayerCurve}: takes the best of the tables it is given and lets each layer follow
 * it by more or less. It improves a table that another search found and finds none itself.
 *
 * <p>An evolution strategy of one parent. The first generation are the tables given; each later one has children of the best curve so far,
 * which differ from it by normal numbers. A step grows with every child that is better than its parent and shrinks with every other one, so
 * that it stays where one of five is better (Rechenberg's rule).
 */
public final class LayerSearch implements Optimizer {

    public static final SearchAlgorithm ALGORITHM = new SearchAlgorithm() {

        @Override
        public String name() {
            return "per-layer";
        }

        @Override
        public boolean isPerLayer() {
            return true;
        }

        @Override
        public void check(SearchSettings settings) {
            SearchAlgorithm.super.check(settings);
            Require.that(!settings.racing(), "search.racing", "must be false for algorithm " + name()
                    + ", whose children differ by less than racing can tell from few samples", true);
            Require.that(settings.ladder().steps().isEmpty(), "search.ladder", "must be left out for algorithm " + name(),
                    settings.ladder().steps());
        }

        @Override
        public int evaluations(SearchSettings settings) {
            return settings.orEvaluations(EVALUATIONS).budget();
        }

        @Override
        public Optimizer start(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
            check(settings);
            return new LayerSearch(space, settings.orEvaluations(EVALUATIONS), seeds);
        }
    };

    /** Where the settings name none. */
    private static final int EVALUATIONS = 40;
    private static final double FIRST_STEP = 0.06;
    /** Of the step with a better child. */
    private static final double GROWTH = 1.5;
    /** Keeps the step where one child of five is better. */
    private static final double SHRINKAGE = StrictMath.pow(GROWTH, -0.25);
    /** Below it most children are on the grid what their parent is. */
    private static final double SMALLEST_STEP = 0.004;
    private static final Grid HEIGHTS = new Grid(0.001);
    private static final double LOWEST = 0.25;
    private static final double HIGHEST = 2;
    /** For a child that was not asked for before. */
    private static final int TRIES = 100;

    private final SearchSpace space;
    private final SearchSettings settings;
    private final RandomGenerator random;
    private final double[] lower;
    private final double[] upper;
    private final List<Candidate> tables;
    private final Set<Candidate> asked = new HashSet<>();
    /** By the number of the trial. */
    private final Map<Integer, Tried> open = new HashMap<>();
    private final NavigableMap<Integer, Known> told = new TreeMap<>();
    private Optional<Known> best = Optional.empty();
    private double step = FIRST_STEP;
    private int generation = -1;
    private int steady;
    private long tokens;
    private long costliest;
    private End end = End.EXHAUSTED;

    private record Tried(Candidate table, LayerCurve curve) {
    }

    private record Known(Tried tried, double loss) {
    }

    private LayerSearch(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
        Require.that(space.layers() > 1, "search.algorithm", "must be another than per-layer for a model of one layer", "per-layer");
        Require.that(space.base().isEmpty(), "multipliers", "must be false for algorithm per-layer", true);
        Require.that(!seeds.isEmpty(), "search.start", "must have a table for algorithm per-layer, which finds none itself", "none");
        this.space = space;
        this.settings = settings;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(settings.seed());
        lower = byPair(space::lower);
        upper = byPair(space::upper);
        tables = seeds.stream().map(seed -> space.candidate(space.nearest(seed))).distinct().toList();
    }

    @Override
    public List<Trial> ask(int most) {
        Require.atLeast(1, most, "ask");
        if (!open.isEmpty() || isOver()) {
            return List.of();
        }
        generation++;
        int first = asked.size();
        var trials = new ArrayList<Trial>();
        for (var tried : generation == 0 ? tables.stream().map(table -> new Tried(table, LayerCurve.FLAT)).toList() : children()) {
            var candidate = candidate(tried);
            if (trials.size() < affordable(first) && asked.add(candidate)) {
                var trial = new Trial(first + trials.size(), generation, candidate);
                open.put(trial.number(), tried);
                trials.add(trial);
            }
        }
        return trials;
    }

    @Override
    public void tell(Trial trial, Measurement measurement) {
        var tried = open.remove(trial.number());
        Require.that(tried != null, "trial", "must be one that was asked for and not told yet", trial);
        tokens += measurement.tokens();
        costliest = Math.max(costliest, measurement.tokens());
        told.put(trial.number(), new Known(tried, measurement.loss()));
        if (open.isEmpty()) {
            learn();
        }
    }

    @Override
    public End end() {
        return end;
    }

    /** All answers of a generation are there; they are looked at in the order of their trials. */
    private void learn() {
        double before = best.map(Known::loss).orElse(Double.POSITIVE_INFINITY);
        for (var known : told.values()) {
            step = generation == 0 ? step : Math.max(SMALLEST_STEP, step * (known.loss < before ? GROWTH : SHRINKAGE));
            if (best.isEmpty() || known.loss < best.get().loss) {
                best = Optional.of(known);
            }
        }
        told.clear();
        steady = best.orElseThrow().loss < before ? 0 : steady + 1;
    }

    private boolean isOver() {
        if (asked.size() >= settings.budget()) {
            end = End.EVALUATIONS;
        } else if (affordable(asked.size()) <= 0) {
            end = End.TOKENS;
        } else if (settings.patience() > 0 && steady >= settings.patience()) {
            end = End.PATIENCE;
        } else {
            return false;
        }
        return true;
    }

    /** How many more may be measured, if each costs as much as the costliest so far. */
    private long affordable(int asked) {
        long byTokens = costliest == 0 ? Long.MAX_VALUE : (settings.maxTokens() - tokens) / costliest;
        return Math.min(settings.budget() - asked, byTokens);
    }

    private List<Tried> children() {
        var parent = best.orElseThrow().tried;
        var seen = new HashSet<LayerCurve>();
        var children = new ArrayList<Tried>();
        for (int attempt = 0; attempt < TRIES && children.size() < settings.batch(); attempt++) {
            var child = new Tried(parent.table, changed(parent.curve));
            if (!asked.contains(candidate(child)) && seen.add(child.curve)) {
                children.add(child);
            }
        }
        return children;
    }

    private LayerCurve changed(LayerCurve curve) {
        return new LayerCurve(curve.heights().stream()
                .map(height -> HEIGHTS.nearest(Math.max(LOWEST, Math.min(HIGHEST, height + step * Gaussian.next(random))))).toList());
    }

    /** The table itself where no layer leaves it, so that it is no other candidate. */
    private Candidate candidate(Tried tried) {
        return tried.curve.equals(LayerCurve.FLAT) ? tried.table
                : tried.table.withFactors(tried.curve.applied(tried.table.factors(), space.layers(), lower, upper));
    }

    private double[] byPair(IntToDoubleFunction bound) {
        var groups = space.groups();
        var bounds = new double[space.pairs()];
        for (int group = 0; group < groups.count(); group++) {
            groups.set(bounds, group, bound.applyAsDouble(group));
        }
        return bounds;
    }
}
