package io.longrope.progressive.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.json.Json;
import io.longrope.progressive.plan.FineTuneStagePlan;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.TrainTask;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
                "must be shorter than the training text, " + Plural.of(tokens, "token"), plan.trainLength(), ""));
        if (plan.heldOutEvery() > 0) {
            check.room("held-out-samples", SampleShare.SELECTION, plan.heldOutSamples(), plan.trainLength() + 1);
        }
        if (plan.command().isEmpty()) {
            check.facts().config().ifPresent(config -> check.noting(() -> config.requireTrainable("train-length", plan.trainLength())));
        }
        check.leavesCheckpoint(length);
    }

    @Override
    public StageModel model(Findings findings) {
        return findings.latest();
    }

    @Override
    public Optional<String> evaluator() {
        return Optional.empty();
    }

    @Override
    public List<Sample> samples(StageContext context) {
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
    public void run(StageContext context) throws InterruptedException {
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

    private StageModel trained(StageContext context, String name, StageModel start, Candidate candidate) throws InterruptedException {
        var trainings = context.trainings();
        var heldOut = plan.heldOutEvery() == 0 ? Optional.<TrainTask.HeldOut>empty()
                : Optional.of(new TrainTask.HeldOut(trainings.evaluation(), plan.heldOutSamples(), plan.heldOutEvery()));
        return trainings.train(new TrainTask(name, start.reference(), candidate, table(context, candidate), trainings.text(),
                plan.sequences(context.geometry().originalLength()), plan.training(), plan.lora(), heldOut, plan.program(),
                context.arithmetic().threads()), context.listener());
    }

    /** Programs switch tables at the original length; these hold the same factors on both sides of it. */
    private FactorTable table(StageContext context, Candidate candidate) {
        var measured = Measured.unmeasured(candidate);
        return new FactorTable(context.plan().model(), context.geometry(),
                List.of(TableEntry.of(context.geometry().originalLength(), measured), TableEntry.of(plan.length(), measured)),
                List.of("job " + context.plan().name() + ", in force while " + plan.name() + " trains"));
    }
}
