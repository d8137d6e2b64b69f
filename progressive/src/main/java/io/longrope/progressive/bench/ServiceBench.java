package io.longrope.progressive.bench;

import io.longrope.search.work.Evaluation;
import io.longrope.search.work.Evaluations;
import io.longrope.search.work.Evaluator;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.Score;
import io.longrope.search.evolution.AnalyticProblem;
import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.Scorer;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchListener;
import io.longrope.search.evolution.SearchLoop;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How busy jobs keep their workers. Real searches of a formula go through a real queue; a worker sleeps for as long as an
 * evaluation is set to take, and only then computes the formula.
 */
public final class ServiceBench {

    private static final AnalyticProblem PROBLEM = AnalyticProblem.all().get(0);
    private static final String FINGERPRINT = "ab".repeat(32);

    private final Load load;
    private final Timeline timeline = new Timeline();

    private ServiceBench(Load load) {
        this.load = load;
    }

    /**
     * @param workers     that measure
     * @param jobs        that run at once
     * @param generation  candidates each job asks for at once
     * @param generations of each job, at least 3: the first and the last, in which workers wait by nature, are not counted
     * @param work        what an evaluation takes
     */
    public record Load(int workers, int jobs, int generation, int generations, Duration work) {

        public Load {
            Require.atLeast(1, workers, "workers");
            Require.atLeast(1, jobs, "jobs");
            Require.atLeast(2, generation, "generation");
            Require.atLeast(3, generations, "generations");
            Require.that(!work.isNegative() && !work.isZero(), "seconds", "must be above 0", work);
        }
    }

    /** What carries evaluations to workers and scores back. */
    public interface Transport extends AutoCloseable {

        /** Called once. */
        void startWorkers(int count, Evaluator evaluator);

        /** A job's end of the queue; closing it leaves the workers. */
        Evaluations connect();

        @Override
        void close();
    }

    /**
     * @param use            of the workers in the steady state
     * @param processSeconds of CPU time this process used for an evaluation: driver, workers and the broker where it runs here
     */
    public record Result(Load load, Timeline.Use use, double processSeconds) {
    }

    /** Runs the jobs to their end. */
    public static Result run(Load load, Transport transport) throws InterruptedException {
        return new ServiceBench(load).measure(transport);
    }

    private Result measure(Transport transport) throws InterruptedException {
        transport.startWorkers(load.workers, this::evaluate);
        var threads = Executors.newFixedThreadPool(load.jobs);
        var ends = new ArrayList<Evaluations>();
        double before = cpuSeconds();
        try {
            // all first: one that connected later than the others began would not overlap them
            for (int job = 1; job <= load.jobs; job++) {
                ends.add(transport.connect());
            }
            var jobs = new ArrayList<Future<?>>();
            for (int job = 1; job <= load.jobs; job++) {
                long seed = job;
                var evaluations = ends.get(job - 1);
                jobs.add(threads.submit(() -> search(evaluations, seed)));
            }
            await(jobs);
        } finally {
            threads.shutdownNow();
            ends.forEach(Evaluations::close);
        }
        return new Result(load, timeline.use(load.workers), (cpuSeconds() - before) / timeline.evaluations());
    }

    private Void search(Evaluations evaluations, long seed) throws InterruptedException {
        var generation = new AtomicInteger(-1);
        Scorer scorer = trial -> {
            if (generation.getAndSet(trial.generation()) != trial.generation()) {
                timeline.asked(seed, System.nanoTime());
            }
            return evaluations.submit(evaluation(trial.candidate(), seed)).thenApply(score -> Measurement.of(score.loss(), score.tokens()));
        };
        var settings = settings(seed);
        SearchLoop.run(SearchAlgorithms.named("longrope").start(PROBLEM.space(), settings, PROBLEM.seeds()), scorer, settings.finalists(),
                settings.budget(), SearchListener.NONE);
        return null;
    }

    private SearchSettings settings(long seed) {
        int half = load.generation / 2;
        return SearchSettings.builder().population(load.generation).generations(load.generations - 1).mutations(load.generation - half)
                .crossovers(half).parents(half).seed(seed).build();
    }

    /** The seed of the job is in the id, so that jobs do not answer each other's questions. */
    private static Evaluation evaluation(Candidate candidate, long seed) {
        var samples = new SampleReference("text", SampleShare.SEARCH, 1, 2, seed, FINGERPRINT);
        return new Evaluation(new ModelReference("model", FINGERPRINT), samples, Objective.PERPLEXITY, candidate, Precision.F32);
    }

    static Evaluation anyEvaluation() {
        return evaluation(PROBLEM.seeds().get(0), 0);
    }

    private Score evaluate(Evaluation evaluation) throws InterruptedException {
        long begin = System.nanoTime();
        Thread.sleep(load.work.toMillis());
        double loss = PROBLEM.loss().applyAsDouble(evaluation.candidate());
        long end = System.nanoTime();
        timeline.worked(Thread.currentThread().getId(), begin, end);
        return new Score(evaluation.id(), Score.Outcome.COMPLETE, List.of(loss), evaluation.tokens(), "", "bench", (end - begin) / 1e9);
    }

    private static void await(List<Future<?>> jobs) throws InterruptedException {
        for (var job : jobs) {
            try {
                job.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException("a job failed", e.getCause());
            }
        }
    }

    private static double cpuSeconds() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }
}
