package io.longrope.progressive.driver;

import io.longrope.progressive.report.Quantities;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Tells how far the training of a stage is: a line and an event ten times, the bar with every word of the worker. */
final class TrainingReporter {

    private static final Logger LOG = LoggerFactory.getLogger(TrainingReporter.class);
    private static final int LINES = 10;

    private final JobId job;
    private final Consumer<JobEvent> events;
    private final InstantSource clock;
    private final ProgressBar bar;
    private Pace pace = new Pace(0, Instant.EPOCH);
    private OptionalDouble lastLoss = OptionalDouble.empty();
    /** Steps made before the first that was told of, here or in an earlier attempt; negative until that is known. */
    private int trainedBefore = -1;
    /** The step last told of: workers say only from time to time how far they are. */
    private int told;

    TrainingReporter(JobId job, Consumer<JobEvent> events, InstantSource clock, ProgressBar bar) {
        this.job = job;
        this.events = events;
        this.clock = clock;
        this.bar = bar;
    }

    /** Another stage begins. */
    void clear() {
        lastLoss = OptionalDouble.empty();
    }

    /** Of the last step told of in this stage; empty where it trains nothing. */
    OptionalDouble loss() {
        return lastLoss;
    }

    void started(String name, int steps) {
        pace = new Pace(steps, clock.instant());
        trainedBefore = -1;
        told = 0;
        bar.start(name, steps);
        events.accept(JobEvent.ofStage(job, JobEvent.Kind.TRAINED, name, Map.of(JobEvent.STEP, 0.0, JobEvent.STEPS, (double) steps), "",
                clock.instant()));
    }

    void trained(String name, int step, int steps, double loss) {
        var now = clock.instant();
        if (trainedBefore < 0) {
            trainedBefore = step;
            pace = new Pace(steps, now);
        }
        int stretch = Math.max(1, steps / LINES);
        boolean isTold = step / stretch > told / stretch || step == steps;
        pace.mark(step, step - trainedBefore, now);
        bar.to(step);
        lastLoss = OptionalDouble.of(loss);
        if (!isTold) {
            return;
        }
        told = step;
        var left = pace.left().map(time -> " · " + Quantities.clock(time) + " left").orElse("");
        LOG.atInfo().addKeyValue("stage", name).addKeyValue("step", step).addKeyValue("steps", steps).addKeyValue("loss", loss)
                .log("{} · step {}/{} · loss {}{}", name, step, steps, String.format(Locale.ROOT, "%.4f", loss), left);
        var numbers = new TreeMap<>(Map.of(JobEvent.STEP, (double) step, JobEvent.STEPS, (double) steps, JobEvent.LOSS, loss));
        pace.left().ifPresent(time -> numbers.put(JobEvent.SECONDS_LEFT, time.toMillis() / 1e3));
        events.accept(JobEvent.ofStage(job, JobEvent.Kind.TRAINED, name, numbers, "", now));
    }
}
