package io.longrope.evaluator.worker;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.facts.DeviceFacts;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.DeviceOutOfMemory;
import io.longrope.search.work.GenerateTask;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.KeyTokensTask;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskFailed;
import io.longrope.search.work.TaskRefused;
import io.longrope.search.work.TaskRunner;
import io.longrope.search.work.TrainTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/**
 * Does every kind of task on checkpoints and texts below given roots. One thread at a time; an interrupt ends scoring and generating
 * between two layers of the model, and training between two steps.
 */
public final class ModelTaskRunner implements TaskRunner, Task.Kinds<TaskRunner.Done, InterruptedException> {

    private static final Logger LOG = LoggerFactory.getLogger(ModelTaskRunner.class);

    private final String worker;
    private final Place place;
    private final ModelSession session;
    private final Inspector inspector;
    private final CandidateScorer scorer;
    private final Retriever retriever;
    private final TrainingRunner trainings;
    private Optional<ModelReference> loaded = Optional.empty();

    /**
     * Where tasks are done.
     *
     * @param product       what the device is called, as far as it is known
     * @param allowCommands whether it runs the training programs of plans
     */
    public record Place(String product, boolean allowCommands) {
    }

    /**
     * @param worker  its name
     * @param samples of the data root; may be shared by several runners
     * @param session holds the models; may be shared by several runners, and is not closed with any
     */
    public ModelTaskRunner(String worker, Roots roots, SampleBook samples, ModelSession session, Place place, TrainingLog log) {
        this.worker = worker;
        this.place = place;
        this.session = session;
        inspector = new Inspector(roots, samples, this::facts);
        scorer = new CandidateScorer(roots, samples, session);
        retriever = new Retriever(roots, session);
        trainings = new TrainingRunner(roots, samples, session, place.allowCommands(), log);
    }

    @Override
    public Done run(Task task) throws InterruptedException {
        var tried = task;
        var chunk = new SmallerChunk();
        while (true) {
            try {
                var done = attempt(tried);
                return new Done(done.outcome(), done.tokens(), chunk.taken());
            } catch (DeviceOutOfMemory e) {
                // memory is free again: what is found with a smaller chunk answers the task that was asked
                tried = tried.as(chunk).orElseThrow(() -> e);
                LOG.warn("{}; tried again with a chunk of {}", e.getMessage(), chunk.taken().orElseThrow());
            }
        }
    }

    private Done attempt(Task task) throws InterruptedException {
        try {
            return task.as(this);
        } catch (CancellationException e) {
            Thread.interrupted();
            throw new InterruptedException(e.getMessage());
        } catch (BadInput e) {
            throw new TaskRefused(e.problems().stream().map(Problem::toString).collect(Collectors.joining("; ")), e);
        } catch (TaskFailed e) {
            throw e;
        } catch (RuntimeException e) {
            throw OutOfMemory.isBehind(e) ? OutOfMemory.of(task, session, e) : e;
        }
    }

    @Override
    public Done inspect(InspectTask task) {
        try {
            return new Done(inspector.inspect(task.subject()), 0);
        } catch (IOException e) {
            throw new TaskFailed(e.toString(), e);
        }
    }

    @Override
    public Done score(ScoreTask task) throws InterruptedException {
        loaded = task.needs();
        return scorer.score(task);
    }

    @Override
    public Done keyTokens(KeyTokensTask task) throws InterruptedException {
        loaded = task.needs();
        return scorer.keyTokens(task);
    }

    @Override
    public Done generate(GenerateTask task) throws InterruptedException {
        loaded = task.needs();
        return retriever.generate(task);
    }

    @Override
    public Done train(TrainTask task) throws InterruptedException {
        try {
            return trainings.train(task);
        } catch (IOException e) {
            throw new TaskFailed(e.toString(), e);
        }
    }

    @Override
    public Optional<ModelReference> loaded() {
        return loaded.filter(model -> session.loaded().stream()
                .anyMatch(one -> one.fingerprint().filter(model.fingerprint()::equals).isPresent()));
    }

    @Override
    public long progress(Task task) {
        return task instanceof TrainTask train ? trainings.progress(train) : 0;
    }

    @Override
    public String device() {
        var devices = Device.describe(session.devices());
        return place.product().isEmpty() ? devices : devices + ", " + place.product();
    }

    private DeviceFacts facts() {
        return new DeviceFacts(worker, Device.describe(session.devices()), place.product(), memory());
    }

    private OptionalLong memory() {
        try {
            return OptionalLong.of(session.leastMemory());
        } catch (BadInput e) {
            return OptionalLong.empty();
        }
    }
}
