package io.longrope.progressive.bench;

import io.longrope.evaluator.worker.Worker;
import io.longrope.progressive.stage.Answers;
import io.longrope.search.evolution.AnalyticProblem;
import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchListener;
import io.longrope.search.evolution.SearchLoop;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Precision;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.SteadyClock;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskLoop;
import io.longrope.search.work.Tasks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * How busy jobs keep their workers. Real searches of a formula go through a real queue; a worker sleeps for as long as a
 * task is set to take, and only then computes the formula.
 */
public final class ServiceBench {

    private static final AnalyticProblem PROBLEM = AnalyticProblem.all().get(0);
    private static final int LEAST_GENERATIONS = 3;
    /** Those counted have numbers from 1. */
    private static final long WARM_UP_JOB = 0;

    private final Load load;
    private final Timeline timeline = new Timeline();

    private ServiceBench(Load load) {
        this.load = load;
    }

    /**
     * @param workers    that do tasks from beginning to end
     * @param jobs       that run at once
     * @param algorithm  of each job's search
     * @param generation candidates each job asks for at once
     * @param askAhead   how many later candidates may be asked for while the losses of one are awaited
     * @param warmUp     tasks for each worker on average, about, of a job before these that is not counted: until Java has compiled what
     *                   runs often, clients and broker take several times as long for a task; 0 for none
     * @param perWorker  tasks for each worker on average, about; no job has fewer than three generations
     * @param length     of the tasks
     * @param departures workers more that come on the way and depart with a task in their hands, in this order
     */
    public record Load(int workers, int jobs, String algorithm, int generation, int askAhead, int warmUp, int perWorker,
                       TaskLength length, List<Departure> departures) {

        public Load {
            Require.atLeast(1, workers, "workers");
            Require.atLeast(1, jobs, "jobs");
            SearchAlgorithms.namedOfOneObjective(algorithm);
            Require.atLeast(2, generation, "generation");
            Require.atLeast(0, askAhead, "ask-ahead");
            Require.atLeast(0, warmUp, "warm-up");
            Require.atLeast(1, perWorker, "per-worker");
            departures = List.copyOf(departures);
        }

        /** Of each job. */
        int generations() {
            return generations((double) perWorker / jobs);
        }

        private int generations(double tasksPerWorker) {
            return (int) Math.max(LEAST_GENERATIONS, Math.ceil(tasksPerWorker * workers / generation));
        }

        /** Of all jobs, about. */
        public long tasks() {
            return (long) jobs * generation * generations();
        }

        private SearchSettings settings(int generations, long seed) {
            int half = generation / 2;
            return SearchSettings.builder().population(generation).generations(generations - 1).mutations(generation - half)
                    .crossovers(half).parents(half).batch(generation).askAhead(askAhead)
                    .maxEvaluations(generation * generations).seed(seed).build();
        }
    }

    /**
     * @param use            of the workers
     * @param recoveries     of the tasks that workers departed with
     * @param processSeconds of CPU time this process used for a task: driver, workers and the broker where it runs here
     */
    public record Result(Load load, Timeline.Use use, List<Departures.Recovery> recoveries, double processSeconds) {
    }

    /** Runs the jobs to their end. */
    public static Result run(Load load, Transport transport) throws InterruptedException {
        return new ServiceBench(load).measure(transport);
    }

    private Result measure(Transport transport) throws InterruptedException {
        var runner = new TimedRunner(PROBLEM, load.length, timeline);
        var workers = IntStream.rangeClosed(1, load.workers).mapToObj(i -> Worker.start(transport.join("worker-" + i), runner,
                TaskLoop.Habits.usual(Optional::empty), SteadyClock.start())).toList();
        var threads = Executors.newFixedThreadPool(load.jobs);
        var ends = new ArrayList<Tasks>();
        try (var departures = new Departures(load.departures, transport, timeline, load.tasks())) {
            if (load.warmUp > 0) {
                warmUp(transport);
            }
            double before = cpuSeconds();
            // all first: one that connected later than the others began would not overlap them
            for (int job = 1; job <= load.jobs; job++) {
                ends.add(transport.connect("job-" + job));
            }
            departures.start();
            var jobs = new ArrayList<Future<?>>();
            for (int job = 1; job <= load.jobs; job++) {
                long seed = job;
                var tasks = ends.get(job - 1);
                jobs.add(threads.submit(() -> search(tasks, load.generations(), seed)));
            }
            await(jobs);
            return new Result(load, timeline.use(load.workers), departures.recoveries(), (cpuSeconds() - before) / timeline.tasks());
        } finally {
            threads.shutdownNow();
            ends.forEach(Tasks::close);
            Worker.closeAll(workers);
        }
    }

    private void warmUp(Transport transport) throws InterruptedException {
        try (var tasks = transport.connect("warm-up")) {
            search(tasks, load.generations(load.warmUp), WARM_UP_JOB);
        }
        timeline.clear();
    }

    private Void search(Tasks tasks, int generations, long job) throws InterruptedException {
        var settings = load.settings(generations, job);
        var optimizer = SearchAlgorithms.namedOfOneObjective(load.algorithm).start(PROBLEM.space(), settings, PROBLEM.seeds());
        SearchLoop.run(optimizer, trial -> tasks.submit(List.of(task(trial.candidate(), job))).get(0).thenApply(result ->
                Measurement.of(result.outcome(Outcome.Scored.class).nats(), result.tokens())), settings.finalists(),
                settings.budget(), SearchListener.NONE);
        return null;
    }

    /** Every job has a sample of its own, so that jobs do not answer each other's questions. */
    static Task task(Candidate candidate, long job) {
        var fingerprint = String.format("%064x", job);
        var sample = new Sample("text", SampleShare.SEARCH, 0, 2, job, fingerprint);
        return ScoreTask.whole(new ModelReference("model", fingerprint), sample, Objective.PERPLEXITY, candidate,
                new Arithmetic(Precision.F32, 1, 1));
    }

    private static void await(List<Future<?>> jobs) throws InterruptedException {
        for (var job : jobs) {
            try {
                job.get();
            } catch (ExecutionException e) {
                throw Answers.failure(e);
            }
        }
    }

    private static double cpuSeconds() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }
}
