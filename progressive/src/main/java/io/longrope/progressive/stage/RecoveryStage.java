package io.longrope.progressive.stage;

import io.longrope.progressive.plan.RecoveryStagePlan;
import io.longrope.search.space.AttentionRange;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Searches the extended model at short lengths with a reduced largest λ (LongRoPE §3.3), and with an attention factor
 * between that of the original window and that of the last fine-tune unless the plan fixes or ranges it. Engines switch tables at the original length but
 * keep one attention factor, that of the longest table, so what they run up to there is chosen apart.
 */
public final class RecoveryStage {

    private static final double ATTENTION_STEP = 0.01;

    private final RecoveryStagePlan plan;
    private final StageContext context;

    public RecoveryStage(RecoveryStagePlan plan, StageContext context) {
        this.plan = plan;
        this.context = context;
    }

    public void run() throws InterruptedException {
        for (int length : plan.lengths()) {
            var task = new SearchTask(context, plan.name(), context.findings().latest(), length, plan.search());
            var space = space(length);
            var rivals = rivals(length);
            rivals.putAll(WarmStart.of(task, space));
            new LengthSearch(task).run(space, rivals, engineForm(length));
        }
    }

    private SearchSpace space(int length) {
        var geometry = context.geometry();
        int tunedLength = context.findings().tuning().map(Findings.Tuning::length).orElse(geometry.originalLength());
        var asked = plan.search().space().attention();
        return plan.space(geometry, length, tunedLength)
                .attentionFactor(asked.isSameAtEveryLength() ? asked.at(geometry, length) : upToTheTuned()).build();
    }

    private AttentionRange upToTheTuned() {
        return tunedAttention() <= 1 ? AttentionRange.fixed(1) : new AttentionRange(1, tunedAttention(), ATTENTION_STEP);
    }

    private UnaryOperator<Candidate> engineForm(int length) {
        if (length > context.geometry().originalLength()) {
            return Selection.NO_START_TOKENS;
        }
        var longest = context.findings().searched().stream().mapToInt(Finding::length).boxed().max(Integer::compare).flatMap(context.findings()::lastFor);
        double attention = longest.map(finding -> finding.entry().exportable().candidate().attentionFactor()).orElse(1.0);
        return candidate -> new Candidate(candidate.factors(), 0, attention);
    }

    private double tunedAttention() {
        return context.findings().tuning().map(tuning -> tuning.candidate().attentionFactor()).orElse(1.0);
    }

    private Map<String, Candidate> rivals(int length) {
        var rivals = new LinkedHashMap<String, Candidate>();
        rivals.put("original positions", Candidate.original(context.geometry().pairs()));
        context.findings().tuning().ifPresent(tuning -> {
            rivals.put("the fine-tuned table", tuning.candidate());
            rivals.put("the fine-tuned table without temperature", new Candidate(tuning.candidate().factors(), 0, 1));
        });
        rivals.putAll(KnownMethods.rivals(context.geometry(), length));
        return rivals;
    }
}
