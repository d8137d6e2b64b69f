package io.longrope.evaluator.worker;

import io.longrope.search.work.WorkerStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Locale;
import java.util.Optional;

/** Remembers how far the training in hand is, for the worker's status, and logs what is said of it. */
public final class TrainingProgress implements TrainingLog {

    private static final Logger LOG = LoggerFactory.getLogger(TrainingProgress.class);
    private static final int LINES = 10;

    private final boolean logsSteps;
    private volatile Optional<WorkerStatus.Training> latest = Optional.empty();

    /** @param logsSteps false where a driver in the same process does */
    public TrainingProgress(boolean logsSteps) {
        this.logsSteps = logsSteps;
    }

    /** Of the training in hand; empty before its first step. */
    public Optional<WorkerStatus.Training> latest() {
        return latest;
    }

    @Override
    public void begins(String training) {
        latest = Optional.empty();
    }

    @Override
    public void line(String training, String line) {
        LOG.info("{} · {}", training, line);
    }

    @Override
    public void step(String training, int step, int steps, double loss) {
        // a training whose loss is not finite ends with that step
        latest = Double.isFinite(loss) ? Optional.of(new WorkerStatus.Training(step, steps, loss)) : latest;
        if (logsSteps && (step % Math.max(1, steps / LINES) == 0 || step == steps)) {
            LOG.atInfo().addKeyValue("training", training).addKeyValue("step", step).addKeyValue("steps", steps).addKeyValue("loss", loss)
                    .log("{} · step {}/{} · loss {}", training, step, steps, String.format(Locale.ROOT, "%.4f", loss));
        }
    }

    @Override
    public void heldOut(String training, int step, double loss) {
        LOG.info("{} · held-out loss after step {}: {}", training, step, String.format(Locale.ROOT, "%.4f", loss));
    }
}
