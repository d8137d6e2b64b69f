package io.longrope.progressive.stage;

import io.longrope.evaluator.training.AdamW;
import io.longrope.evaluator.training.FineTuneTask;
import io.longrope.evaluator.training.Schedule;
import io.longrope.evaluator.training.TrainingSettings;
import io.longrope.search.internal.Json;
import io.longrope.search.job.FineTuneStagePlan;
import io.longrope.search.space.Candidate;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * Trains the latest checkpoint on with the factors last searched for a length, with n̂ = 0: no training kernel and no
 * inference engine knows start tokens.
 */
public final class FineTuneStage {

    /** AdamW's second-moment decay, PyTorch's default. */
    private static final double BETA2 = 0.999;

    private final FineTuneStagePlan plan;
    private final StageContext context;

    public FineTuneStage(FineTuneStagePlan plan, StageContext context) {
        this.plan = plan;
        this.context = context;
    }

    public void run() throws IOException, InterruptedException {
        var candidate = context.findings().lastFor(plan.length()).orElseThrow().entry().exportable().candidate();
        // a checkpoint appears complete or not at all, so one of this name is what this task would write
        var output = context.checkpoints().directory(plan.name() + "-" + fingerprint(candidate).substring(0, 8));
        var task = new FineTuneTask(context.findings().latest().directory(), candidate, plan.trainLength(),
                context.checkpoints().trainingText(), settings(), output);
        if (Files.isDirectory(output)) {
            context.listener().note(plan.name(), "already trained: " + output);
        } else {
            Files.createDirectories(output.getParent());
            context.checkpoints().fineTune(task, (step, loss, gradientNorm, learningRate, tokens) ->
                    context.listener().trained(plan.name(), step, plan.steps(), loss));
        }
        context.findings().tuned(context.checkpoints().open(output), new Findings.Tuning(plan.length(), candidate));
    }

    private String fingerprint(Candidate candidate) {
        return Json.sha256(Json.canonical(List.of(context.findings().latest().reference().fingerprint(), candidate, plan.trainLength(),
                context.plan().data().training(), settings())));
    }

    private TrainingSettings settings() {
        var optimizer = new AdamW(plan.learningRate(), Schedule.valueOf(plan.schedule().name()), plan.warmup(), plan.clip(), plan.weightDecay(),
                0.9, BETA2);
        return new TrainingSettings(plan.steps(), plan.batch(), plan.microBatch(), optimizer,
                31 * context.plan().seed() + plan.name().hashCode(), plan.checkpointEvery());
    }
}
