package io.longrope.search.evolution;

import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;

/** Small search problems with a known answer. */
public final class Landscapes {

    public static final RopeGeometry GEOMETRY = new RopeGeometry(32, 10_000, 256);

    private Landscapes() {
    }

    public static SearchSpace space() {
        return SearchSpace.of(GEOMETRY, 8).build();
    }

    /** Position interpolation, and an exponential rise. */
    public static List<Candidate> seeds() {
        var linear = new double[GEOMETRY.pairs()];
        var exponential = new double[GEOMETRY.pairs()];
        for (int i = 0; i < linear.length; i++) {
            linear[i] = 8;
            exponential[i] = Math.pow(8, i / 15.0);
        }
        return List.of(new Candidate(RescaleFactors.of(linear), 0, 1), new Candidate(RescaleFactors.of(exponential), 0, 1));
    }

    /** Squared distance in log λ to a ramp from 1 to 8 over the middle pairs, plus a little for n̂ ≠ 16. */
    public static double bowl(Candidate candidate) {
        double sum = candidate.startTokens() == 16 ? 0 : 0.05;
        for (int i = 0; i < GEOMETRY.pairs(); i++) {
            double target = Math.pow(8, Math.min(1, Math.max(0, (i - 4) / 6.0)));
            sum += Math.pow(Math.log(candidate.factors().get(i) / target), 2);
        }
        return sum;
    }

    /** Scores at once, and remembers what it is asked. */
    public static final class Recorder implements Scorer {

        private static final int TOKENS = 100;

        public final List<List<Candidate>> generations = new ArrayList<>();
        private final ToDoubleFunction<Candidate> loss;

        public Recorder(ToDoubleFunction<Candidate> loss) {
            this.loss = loss;
        }

        @Override
        public CompletableFuture<Measurement> measure(Trial trial) {
            if (trial.generation() == generations.size()) {
                generations.add(new ArrayList<>());
            }
            generations.get(trial.generation()).add(trial.candidate());
            return CompletableFuture.completedFuture(Measurement.of(loss.applyAsDouble(trial.candidate()), TOKENS));
        }

        public List<Candidate> candidates() {
            return generations.stream().flatMap(List::stream).toList();
        }
    }

    /** A search by one of the algorithms, to its end. */
    public static SearchResult search(String name, SearchSpace space, SearchSettings settings, List<Candidate> seeds, Scorer scorer)
            throws InterruptedException {
        return search(name, space, settings, seeds, scorer, SearchListener.NONE);
    }

    static SearchResult search(String name, SearchSpace space, SearchSettings settings, List<Candidate> seeds, Scorer scorer,
            SearchListener listener)
            throws InterruptedException {
        var algorithm = SearchAlgorithms.named(name);
        return SearchLoop.run(algorithm.start(space, settings, seeds), scorer, settings.finalists(), algorithm.evaluations(settings),
                listener);
    }
}
