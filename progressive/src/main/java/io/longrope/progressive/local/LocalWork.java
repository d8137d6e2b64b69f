package io.longrope.progressive.local;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.progressive.driver.InspectedSamples;
import io.longrope.progressive.driver.Inspection;
import io.longrope.progressive.driver.TaskInspector;
import io.longrope.progressive.plan.GivenUp;
import io.longrope.progressive.stage.Scoring;
import io.longrope.progressive.stage.StageModel;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.InMemoryWork;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Precision;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.WaitListener;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** One checkpoint and one text, scored by workers of this process without a broker. */
public final class LocalWork implements AutoCloseable {

    /** Nobody else comes who could do better. */
    private static final LedgerRules AT_ONCE = new LedgerRules(1, Optional.of(Duration.ZERO));

    private final Checkpoint checkpoint;
    private final StageModel model;
    private final InMemoryWork work;
    private final Workers workers;
    private final Tasks tasks;
    private final Scoring scoring;

    /**
     * What is scored.
     *
     * @param checkpoint its directory, below the first models root
     * @param text       path below the data root
     * @param seed       decides where samples begin
     */
    public record Subject(Path checkpoint, String text, long seed, Precision precision) {
    }

    /**
     * @param workers  threads that use the model at a time
     * @param setting  of the workers; its models root holds the checkpoint
     * @param book     results known already; results found are added to it
     * @param listener told of each result
     */
    public LocalWork(Subject subject, int workers, Workers.Setting setting, ResultBook book, Scoring.ScoreListener listener,
                     InstantSource clock) {
        checkpoint = Checkpoint.open(subject.checkpoint());
        var path = setting.roots().models().get(0).relativize(subject.checkpoint());
        model = new StageModel(path, new ModelReference(path, checkpoint.fingerprint()), subject.checkpoint());
        work = new InMemoryWork(book, clock);
        this.workers = Workers.start(workers, setting, clock, instance -> work.join(instance, EnumSet.of(TaskClass.SCORE)));
        tasks = work.open("here", AT_ONCE, WaitListener.NONE);
        var inspection = new Inspection(new TaskInspector(tasks, listener), List::of);
        var samples = new InspectedSamples(inspection, path, subject.text(), subject.seed(), Optional.empty());
        scoring = new Scoring(tasks, samples, new Arithmetic(subject.precision(), Arithmetic.USUAL_CHUNK, 1), GivenUp.INCOMPLETE, listener);
    }

    public Scoring scoring() {
        return scoring;
    }

    public StageModel model() {
        return model;
    }

    /** How the model rotates inside its own window. */
    public Candidate own() {
        return checkpoint.config().candidate(geometry().originalLength());
    }

    public ModelConfig config() {
        return checkpoint.config();
    }

    public RopeGeometry geometry() {
        return checkpoint.config().rope();
    }

    @Override
    public void close() {
        tasks.close();
        workers.close();
        work.close();
    }
}
