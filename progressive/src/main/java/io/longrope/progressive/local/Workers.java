package io.longrope.progressive.local;

import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.worker.KnownTask;
import io.longrope.evaluator.worker.ModelTaskRunner;
import io.longrope.evaluator.worker.Roots;
import io.longrope.evaluator.worker.SampleBook;
import io.longrope.evaluator.worker.TrainingProgress;
import io.longrope.evaluator.worker.Worker;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.KafkaWorkQueue;
import io.longrope.search.kafka.KafkaWorkerBoard;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Heartbeat;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskLoop;
import io.longrope.search.work.WorkQueue;
import io.longrope.search.work.WorkerBoard;
import io.longrope.search.work.WorkerInstance;
import io.longrope.search.work.WorkerStatus;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Worker threads of this process. They share the models in memory, and each does one task at a time. */
public final class Workers implements AutoCloseable {

    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final Duration OWN_HEARTBEAT = Duration.ofSeconds(1);

    private final List<Setting> settings;
    private final List<Crew> crew = new ArrayList<>();
    private final List<Heartbeat> heartbeats = new ArrayList<>();
    private final List<AutoCloseable> boards = new ArrayList<>();

    /** One worker, where it works, and how far its training is. */
    private record Crew(Worker worker, Setting setting, TrainingProgress progress) {
    }

    /**
     * What the workers of a process have in common.
     *
     * @param name     what their names begin with
     * @param roots    where they find files
     * @param samples  of the data root
     * @param session  holds their models; closed with them
     * @param place    what they compute on
     * @param commands whether they run the training programs of plans
     * @param driver   whether a driver in the same process tells how their trainings get on
     */
    public record Setting(String name, Roots roots, SampleBook samples, ModelSession session, Place place, boolean commands,
                          boolean driver) {
    }

    /**
     * Where the workers compute.
     *
     * @param name    such as cpu or gpu:0
     * @param product what the device is called, as far as it is known
     * @param memory  asked at each heartbeat
     */
    public record Place(String name, String product, Supplier<Memory> memory) {
    }

    /** Bytes; 0 when unknown. */
    public record Memory(long used, long total) {
    }

    private Workers(List<Setting> settings) {
        this.settings = List.copyOf(settings);
    }

    /**
     * @param join opens a worker's end of the queues, by its instance
     */
    public static Workers start(int count, Setting setting, InstantSource clock, Function<String, WorkQueue> join) {
        return start(count, List.of(setting), clock, join);
    }

    /** @param count of each setting */
    private static Workers start(int count, List<Setting> settings, InstantSource clock, Function<String, WorkQueue> join) {
        var workers = new Workers(settings);
        try {
            for (var setting : settings) {
                for (int i = 1; i <= count; i++) {
                    workers.add(setting, count == 1 ? setting.name : setting.name + "-" + i, clock, join);
                }
            }
        } catch (RuntimeException e) {
            workers.close();
            throw e;
        }
        return workers;
    }

    /** On a queue in Kafka that was made ready, telling how they are. */
    public static Workers start(int count, Setting setting, Set<TaskClass> classes, KafkaSettings kafka, String queue,
                                InstantSource clock) {
        return start(count, List.of(setting), classes, kafka, queue, clock);
    }

    /**
     * The same in several places.
     *
     * @param count    in each
     * @param settings of places that share no models
     */
    public static Workers start(int count, List<Setting> settings, Set<TaskClass> classes, KafkaSettings kafka, String queue,
                                InstantSource clock) {
        var workers = start(count, settings, clock, instance -> KafkaWorkQueue.open(kafka, queue, instance, classes, clock));
        workers.report(KafkaWorkerBoard.open(kafka), queue, clock);
        return workers;
    }

    private void add(Setting setting, String name, InstantSource clock, Function<String, WorkQueue> join) {
        var instance = WorkerInstance.of(name, RandomGenerator.getDefault());
        var progress = new TrainingProgress(!setting.driver);
        var runner = new ModelTaskRunner(instance, setting.roots, setting.samples, setting.session,
                new ModelTaskRunner.Place(setting.place.product, setting.commands), progress);
        var habits = TaskLoop.Habits.usual(new KnownTask(setting.session));
        crew.add(new Crew(Worker.start(join.apply(instance), runner, habits, clock), setting, progress));
    }

    /** @param board closed with the workers */
    private void report(WorkerBoard board, String queue, InstantSource clock) {
        crew.forEach(one -> heartbeats.add(Heartbeat.start(board, () -> status(one, queue, clock),
                one.setting.driver ? OWN_HEARTBEAT : HEARTBEAT)));
        boards.add(board);
    }

    /** What each has done so far. */
    public List<Worker> all() {
        return crew.stream().map(Crew::worker).toList();
    }

    /** Waits until a worker's queue fails, or the calling thread is interrupted. */
    public void await() throws InterruptedException, ExecutionException {
        CompletableFuture.anyOf(all().stream().map(Worker::ended).toArray(CompletableFuture[]::new)).get();
    }

    private WorkerStatus status(Crew one, String queue, InstantSource clock) {
        var reading = one.worker.reading();
        var memory = one.setting.place.memory.get();
        var doing = reading.current().map(hand -> new WorkerStatus.Doing(hand.job(), hand.task(), hand.what(),
                hand.trains() ? one.progress.latest() : Optional.empty()));
        return new WorkerStatus(one.worker.name(), queue, one.setting.place.name, memory.used, total(one.setting, memory), doing,
                reading.results(),
                reading.tokensPerSecond(), reading.stopped(), reading.refusals(), clock.instant());
    }

    /** What models may take of the device. */
    private static long total(Setting setting, Memory memory) {
        try {
            return setting.session.memories().stream().mapToLong(Long::longValue).sum();
        } catch (BadInput e) {
            return memory.total;
        }
    }

    /** Each worker says good-bye and ends after the layer or step it is at; what it holds goes back to the queue. */
    @Override
    public void close() {
        heartbeats.forEach(Heartbeat::leave);
        Worker.closeAll(all());
        heartbeats.forEach(Workers::end);
        boards.forEach(Workers::end);
        settings.forEach(setting -> setting.session.close());
    }

    private static void end(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            throw e instanceof RuntimeException known ? known : new IllegalStateException("a worker did not stop cleanly", e);
        }
    }
}
