package io.longrope.progressive.stage;

import io.longrope.evaluator.training.ExternalTask;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.training.FineTuneTask;
import io.longrope.evaluator.training.FineTuner;
import io.longrope.evaluator.training.HeldOut;
import io.longrope.search.training.SequenceSettings;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.search.json.Json;
import io.longrope.progressive.plan.FineTuneStagePlan;
import io.longrope.search.problem.Problem;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Trains the latest checkpoint on with the factors last searched for a length, with n̂ = 0: no training kernel and no
 * inference engine knows start tokens. Methods that the report compares fine-tuned are trained likewise, each its own
 * checkpoint with its own factors.
 */
public record FineTuneStage(FineTuneStagePlan plan) implements Stage {

    @Override
    public void check(PlanCheck check) {
        int length = plan.length();
        var data = check.plan().data();
        if (data.training().isEmpty()) {
            check.add(new Problem("data.training", "must be given where a stage fine-tunes", "missing", ""));
        }
        check.refuseUnless(check.searched().contains(length), "length", "must be a length searched by a stage before it", length,
                check.searchedSoFar());
        check.refuseUnless(length >= check.tuned(), "length", "must be at least the length fine-tuned before it, " + check.tuned(), length,
                "");
        check.facts().trainingTokens().ifPresent(tokens -> check.refuseUnless(tokens > plan.trainLength() + 1, "train-length",
                "must be shorter than the training text, " + tokens + " tokens", plan.trainLength(), ""));
        if (plan.heldOutEvery() > 0) {
            check.room("held-out-samples", SampleShare.SELECTION, plan.heldOutSamples(), plan.trainLength() + 1);
        }
        if (plan.command().isEmpty()) {
            check.facts().config().ifPresent(config -> check.noting(() -> FineTuner.requireTrainable("train-length", config,
                    plan.trainLength())));
        }
        check.leavesCheckpoint(length);
    }

    @Override
    public Optional<List<String>> command() {
        return plan.command();
    }

    @Override
    public StageModel model(Findings findings) {
        return findings.latest();
    }

    @Override
    public List<SampleReference> samples(StageContext context) {
        return List.of();
    }

    @Override
    public Map<String, Object> outcome(StageContext context, CheckpointNames names) throws IOException {
        var outcome = new LinkedHashMap<String, Object>();
        outcome.put("checkpoint", names.of(context.findings().latest()));
        var training = context.findings().latest().directory().resolve("training.json");
        if (Files.exists(training)) {
            outcome.put("training", Json.mapper().readTree(training.toFile()));
        }
        return outcome;
    }

    @Override
    public boolean isRestoredFromRecord() {
        return false;
    }

    @Override
    public void restore(StageContext context, JsonNode outcome) {
        throw new UnsupportedOperationException("a fine-tune finds the checkpoint it left");
    }

    @Override
    public void run(StageContext context) throws IOException, InterruptedException {
        var findings = context.findings();
        var searched = findings.lastFor(plan.length()).orElseThrow().entry();
        var candidate = searched.exportable().candidate();
        var others = new LinkedHashMap<String, StageModel>();
        for (var method : context.plan().report().fineTuned()) {
            var start = findings.tuning().map(tuning -> tuning.others().get(method)).orElse(findings.base());
            others.put(method, trained(context, plan.name() + "-" + method, start, KnownMethods.candidate(method, context.geometry(),
                    plan.length())));
        }
        var model = trained(context, plan.name(), findings.latest(), candidate);
        findings.tuned(new Findings.Tuning(plan.name(), plan.length(), candidate, searched.best().candidate(), model, others));
    }

    /** @param name of the checkpoint and in the log */
    private StageModel trained(StageContext context, String name, StageModel start, Candidate candidate) throws IOException,
            InterruptedException {
        // a checkpoint appears complete or not at all, so one of this name is what this task would write
        var output = context.checkpoints().directory(name + "-" + fingerprint(context, start, candidate).substring(0, 8));
        if (Files.isDirectory(output)) {
            context.listener().note(name, "already trained: " + output);
        } else {
            Files.createDirectories(output.getParent());
            context.listener().trainingStarted(name, plan.training().steps());
            train(context, name, start.directory(), candidate, output);
        }
        return context.checkpoints().open(output);
    }

    private void train(StageContext context, String name, Path start, Candidate candidate, Path output) throws IOException,
            InterruptedException {
        var checkpoints = context.checkpoints();
        if (plan.program().isPresent()) {
            checkpoints.fineTune(new ExternalTask(name, start, table(context, candidate), plan.trainLength(), plan.training(),
                    plan.program().get(),
                    checkpoints.trainingText().path()), output, line -> context.listener().note(name, line));
            return;
        }
        checkpoints.fineTune(new FineTuneTask(start, candidate, sequences(context), checkpoints.trainingText(), plan.training(),
                plan.lora(), heldOut(context), OptionalInt.empty(),
                output), listener(context, name));
    }

    private TrainingListener listener(StageContext context, String name) {
        return new TrainingListener() {
            @Override
            public void onStep(int step, double loss, double gradientNorm, double learningRate, long tokens) {
                context.listener().trained(name, step, plan.training().steps(), loss);
            }

            @Override
            public void onHeldOut(int step, double loss) {
                context.listener().note(name, String.format(Locale.ROOT, "held-out loss after step %d: %.4f", step, loss));
            }
        };
    }

    private String fingerprint(StageContext context, StageModel start, Candidate candidate) {
        var parts = new ArrayList<Object>(List.of(start.reference().fingerprint(), candidate, sequences(context),
                context.checkpoints().trainingFingerprint(), plan.training(), plan.lora()));
        plan.program().ifPresent(command -> parts.add(command.words()));
        return Json.sha256(Json.canonical(parts));
    }

    /** Programs switch tables at the original length; these hold the same factors on both sides of it. */
    private FactorTable table(StageContext context, Candidate candidate) {
        var measured = Measured.unmeasured(candidate);
        return new FactorTable(context.plan().model(), context.geometry(),
                List.of(TableEntry.of(context.geometry().originalLength(), measured), TableEntry.of(plan.length(), measured)),
                List.of("job " + context.plan().name() + ", in force while " + plan.name() + " trains"));
    }

    private SequenceSettings sequences(StageContext context) {
        return plan.sequences(context.geometry().originalLength());
    }

    private Optional<HeldOut> heldOut(StageContext context) {
        return plan.heldOutEvery() == 0 ? Optional.empty()
                : Optional.of(new HeldOut(context.checkpoints().evaluationText(), plan.heldOutSamples(), plan.heldOutEvery()));
    }
}
