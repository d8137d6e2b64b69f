package io.longrope.progressive.stage;

import io.longrope.progressive.plan.RecoveryStagePlan;
import io.longrope.progressive.plan.SearchPlan;
import io.longrope.search.space.AttentionRange;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import io.longrope.search.work.Sample;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Searches the extended model at short lengths with a reduced largest λ (LongRoPE §3.3), and with an attention factor
 * between that of the original window and that of the last fine-tune unless the plan fixes or ranges it. Engines switch tables at the
 * original length but
 * keep one attention factor, that of the longest table, so what they run up to there is chosen apart.
 */
public record RecoveryStage(RecoveryStagePlan plan) implements SearchingStage {

    private static final double ATTENTION_STEP = 0.01;

    @Override
    public void check(PlanCheck check) {
        check.geometry().ifPresent(geometry -> check.noting(() -> plan.lengths().forEach(length ->
                plan.space(geometry, length, check.tuned() == 0 ? geometry.originalLength() : check.tuned()).build())));
        int largest = check.searched().isEmpty() ? 0 : check.searched().last();
        plan.lengths().forEach(length -> check.refuseUnless(length < largest, "lengths",
                "must be below the largest length searched before it, " + largest,
                length, ""));
        check.search(plan.search(), "lengths", plan.lengths());
        plan.lengths().stream().max(Integer::compare).ifPresent(length -> checkSlopes(check, length));
        check.leavesTables(plan.name(), List.of());
    }

    @Override
    public SearchPlan search() {
        return plan.search();
    }

    @Override
    public StageModel model(Findings findings) {
        return findings.latest();
    }

    @Override
    public List<Sample> samples(StageContext context) {
        return SearchOutcome.samples(context, plan.search(), plan.lengths());
    }

    @Override
    public void run(StageContext context) throws InterruptedException {
        for (int length : plan.lengths()) {
            var task = SearchTask.of(context, plan.name(), model(context.findings()), length, plan.search());
            var space = space(context, length);
            var rivals = rivals(context, length);
            rivals.putAll(WarmStart.of(task, space));
            new LengthSearch(task).run(space, rivals, engineForm(context, length));
        }
    }

    private SearchSpace space(StageContext context, int length) {
        var geometry = context.geometry();
        int tunedLength = context.findings().tuning().map(Findings.Tuning::length).orElse(geometry.originalLength());
        var asked = plan.search().space().attention();
        return plan.space(geometry, length, tunedLength).layers(context.layers())
                .attentionFactor(asked.isSameAtEveryLength() ? asked.at(geometry, length) : upTo(tunedAttention(context))).build();
    }

    private static AttentionRange upTo(double tuned) {
        return tuned <= 1 ? AttentionRange.fixed(1) : new AttentionRange(1, tuned, ATTENTION_STEP);
    }

    private static UnaryOperator<Candidate> engineForm(StageContext context, int length) {
        if (length > context.geometry().originalLength()) {
            return Selection.ENGINES;
        }
        var longest = context.findings().searched().stream().mapToInt(Finding::length).boxed().max(Integer::compare)
                .flatMap(context.findings()::lastFor);
        double attention = longest.map(finding -> finding.entry().exportable().candidate().attentionFactor()).orElse(1.0);
        return candidate -> new Candidate(candidate.factors().shared(), 0, attention);
    }

    private static double tunedAttention(StageContext context) {
        return context.findings().tuning().map(tuning -> tuning.candidate().attentionFactor()).orElse(1.0);
    }

    private Map<String, Candidate> rivals(StageContext context, int length) {
        var rivals = new LinkedHashMap<String, Candidate>();
        rivals.put("original positions", Candidate.original(context.geometry().pairs()));
        context.findings().tuning().ifPresent(tuning -> {
            rivals.put("the fine-tuned table", tuning.candidate());
            rivals.put("the fine-tuned table without temperature", new Candidate(tuning.candidate().factors(), 0, 1));
        });
        rivals.putAll(KnownMethods.rivals(plan.search().rivals(), context.geometry(), length));
        return rivals;
    }
}
