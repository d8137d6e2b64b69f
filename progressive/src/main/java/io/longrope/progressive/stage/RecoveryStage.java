package io.longrope.progressive.stage;

import io.longrope.search.job.RecoveryStagePlan;
import io.longrope.search.space.AttentionRange;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Searches the extended model at short lengths with a reduced largest λ (LongRoPE §3.3), and with an attention factor
 * between that of the original window and that of the last fine-tune. Engines switch tables at the original length but
 * keep one attention factor, that of the longest table, so what they run up to there is chosen apart.
 */
public final class RecoveryStage {

    private static final double WIDER_THAN_PI = 1.25;
    private static final double SHARE_OF_TUNED_RATIO = 0.25;
    private static final double ATTENTION_STEP = 0.01;

    private final RecoveryStagePlan plan;
    private final StageContext context;

    public RecoveryStage(RecoveryStagePlan plan, StageContext context) {
        this.plan = plan;
        this.context = context;
    }

    public void run() throws InterruptedException {
        for (int length : plan.lengths()) {
            var rivals = rivals(length);
            new LengthSearch(context, plan.name(), context.findings().latest(), length, plan.search())
                    .run(space(length), List.copyOf(rivals.values()), rivals, engineForm(length));
        }
    }

    private SearchSpace space(int length) {
        var search = plan.search();
        var geometry = context.geometry();
        var attention = tunedAttention() <= 1 ? AttentionRange.fixed(1) : new AttentionRange(1, tunedAttention(), ATTENTION_STEP);
        return SearchSpace.of(geometry, Math.max(1, geometry.extensionRatio(length))).range(1, maxFactor(length))
                .step(search.grid()).monotone(search.monotone()).startTokens(search.startTokens()).attentionFactor(attention).build();
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

    private double maxFactor(int length) {
        if (plan.maxFactor() > 0) {
            return plan.maxFactor();
        }
        double tunedRatio = context.findings().tuning().map(tuning -> context.geometry().extensionRatio(tuning.length())).orElse(1.0);
        return Math.max(WIDER_THAN_PI * Math.max(1, context.geometry().extensionRatio(length)), SHARE_OF_TUNED_RATIO * tunedRatio);
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
