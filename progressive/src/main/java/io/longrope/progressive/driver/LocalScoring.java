package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.progressive.stage.Scoring;
import io.longrope.progressive.stage.StageModel;
import io.longrope.search.work.EvaluationId;
import io.longrope.search.work.InMemoryQueue;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Precision;
import io.longrope.search.work.Score;
import io.longrope.search.rope.RopeGeometry;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One checkpoint and one text, scored by workers of this process without a broker. */
public final class LocalScoring implements AutoCloseable {

    private final Checkpoint checkpoint;
    private final StageModel model;
    private final LocalSamples samples;
    private final InMemoryQueue queue;
    private final Workers workers;
    private final Scoring scoring;

    /**
     * @param directory the checkpoint
     * @param sets      cuts samples of texts below a root
     * @param text      path below that root
     * @param seed      decides where samples begin
     * @param workers   threads that use the model at a time
     * @param session   holds the model; closed with this
     */
    public LocalScoring(Path directory, SampleSets sets, String text, long seed, int workers, ModelSession session, Precision precision,
            InstantSource clock) {
        this(directory, sets, text, seed, workers, session, precision, clock, new ConcurrentHashMap<>(), (score, known) -> { });
    }

    /**
     * @param journal  scores known already; scores found are added to it
     * @param listener told of each score
     */
    public LocalScoring(Path directory, SampleSets sets, String text, long seed, int workers, ModelSession session, Precision precision,
            InstantSource clock,
                        Map<EvaluationId, Score> journal, Scoring.ScoreListener listener) {
        checkpoint = Checkpoint.open(directory);
        var absolute = directory.toAbsolutePath().normalize();
        model = new StageModel(new ModelReference(absolute.getFileName().toString(), checkpoint.fingerprint()), directory);
        samples = new LocalSamples(checkpoint, sets, text, seed);
        queue = new InMemoryQueue(journal, 1);
        this.workers = Workers.start(workers, "worker", List.of(absolute.getParent()), sets, session, 1, clock, queue::join);
        scoring = new Scoring(queue, samples, precision, listener);
    }

    public Scoring scoring() {
        return scoring;
    }

    public StageModel model() {
        return model;
    }

    public RopeGeometry geometry() {
        return checkpoint.config().rope();
    }

    @Override
    public void close() {
        workers.close();
        queue.close();
        samples.close();
    }
}
