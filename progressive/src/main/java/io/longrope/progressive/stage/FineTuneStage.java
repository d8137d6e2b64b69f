package io.longrope.progressive.stage;

import io.longrope.search.training.AdamW;
import io.longrope.evaluator.training.FineTuneTask;
import io.longrope.evaluator.training.HeldOut;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.SequenceSettings;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.json.Json;
import io.longrope.search.job.FineTuneStagePlan;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Trains the latest checkpoint on with the factors last searched for a length, with n̂ = 0: no training kernel and no
 * inference engine knows start tokens. Methods that the report compares fine-tuned are trained likewise, each its own
 * checkpoint with its own factors.
 */
public final class FineTuneStage {

    private final FineTuneStagePlan plan;
    private final StageContext context;

    public FineTuneStage(FineTuneStagePlan plan, StageContext context) {
        this.plan = plan;
        this.context = context;
    }

    public void run() throws IOException, InterruptedException {
        var findings = context.findings();
        var searched = findings.lastFor(plan.length()).orElseThrow().entry();
        var candidate = searched.exportable().candidate();
        var others = new LinkedHashMap<String, StageModel>();
        for (var method : context.plan().report().fineTuned()) {
            var start = findings.tuning().map(tuning -> tuning.others().get(method)).orElse(findings.base());
            others.put(method, trained(plan.name() + "-" + method, start, KnownMethods.candidate(method, context.geometry(), plan.length())));
        }
        var model = trained(plan.name(), findings.latest(), candidate);
        findings.tuned(new Findings.Tuning(plan.name(), plan.length(), candidate, searched.best().candidate(), model, others));
    }

    /** @param name of the checkpoint and in the log */
    private StageModel trained(String name, StageModel start, Candidate candidate) throws IOException, InterruptedException {
        // a checkpoint appears complete or not at all, so one of this name is what this task would write
        var output = context.checkpoints().directory(name + "-" + fingerprint(start, candidate).substring(0, 8));
        if (Files.isDirectory(output)) {
            context.listener().note(name, "already trained: " + output);
        } else {
            Files.createDirectories(output.getParent());
            context.listener().trainingStarted(name, plan.steps());
            train(name, start.directory(), candidate, output);
        }
        return context.checkpoints().open(output);
    }

    private void train(String name, Path start, Candidate candidate, Path output) throws IOException, InterruptedException {
        var checkpoints = context.checkpoints();
        if (plan.command().isPresent()) {
            checkpoints.fineTune(new ExternalTask(start, table(candidate), plan, seed(), checkpoints.trainingText().path(), output),
                    line -> context.listener().note(name, line));
            return;
        }
        checkpoints.fineTune(new FineTuneTask(start, candidate, sequences(), checkpoints.trainingText(), settings(), lora(), heldOut(), OptionalInt.empty(),
                output), listener(name));
    }

    private TrainingListener listener(String name) {
        return new TrainingListener() {
            @Override
            public void onStep(int step, double loss, double gradientNorm, double learningRate, long tokens) {
                context.listener().trained(name, step, plan.steps(), loss);
            }

            @Override
            public void onHeldOut(int step, double loss) {
                context.listener().note(name, String.format(Locale.ROOT, "held-out loss after step %d: %.4f", step, loss));
            }
        };
    }

    private String fingerprint(StageModel start, Candidate candidate) {
        var parts = new ArrayList<Object>(List.of(start.reference().fingerprint(), candidate, sequences(),
                context.checkpoints().trainingFingerprint(), settings(), lora()));
        plan.command().ifPresent(command -> parts.add(command.words()));
        return Json.sha256(Json.canonical(parts));
    }

    /** Programs switch tables at the original length; these hold the same factors on both sides of it. */
    private FactorTable table(Candidate candidate) {
        var measured = Measured.unmeasured(candidate);
        return new FactorTable(context.plan().model(), context.geometry(),
                List.of(TableEntry.of(context.geometry().originalLength(), measured), TableEntry.of(plan.length(), measured)),
                List.of("job " + context.plan().name() + ", in force while " + plan.name() + " trains"));
    }

    private long seed() {
        return 31 * context.plan().seed() + plan.name().hashCode();
    }

    private TrainingSettings settings() {
        var optimizer = new AdamW(plan.learningRate(), Schedule.valueOf(plan.schedule().name()), plan.warmup(), plan.clip(), plan.weightDecay(),
                plan.beta1(), plan.beta2());
        return new TrainingSettings(plan.steps(), plan.batch(), plan.microBatch(), optimizer, plan.precision(), plan.recompute(),
                seed(), plan.checkpointEvery());
    }

    /** Contiguous sequences stay below their own length, whatever the factors are for. */
    private SequenceSettings sequences() {
        var sequences = plan.sequences();
        var positions = SequenceSettings.Positions.valueOf(sequences.positions().name());
        int target = positions == SequenceSettings.Positions.CONTIGUOUS ? plan.trainLength() : plan.length();
        int chunks = positions == SequenceSettings.Positions.POSE ? sequences.chunks() : 1;
        return new SequenceSettings(plan.trainLength(), target, positions, chunks, sequences.shortShare(), context.geometry().originalLength());
    }

    private Optional<LoraSettings> lora() {
        return plan.lora().map(lora -> new LoraSettings(lora.rank(), lora.alpha(),
                lora.targets().stream().map(target -> LoraSettings.Target.valueOf(target.name())).toList()));
    }

    private Optional<HeldOut> heldOut() {
        return plan.heldOutEvery() == 0 ? Optional.empty()
                : Optional.of(new HeldOut(context.checkpoints().evaluationText(), plan.heldOutSamples(), plan.heldOutEvery()));
    }
}
