package io.longrope.progressive.stage;

import io.longrope.search.job.RecoveryStagePlan;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Searches the extended model at short lengths with a reduced largest λ (LongRoPE §3.3). The attention factor stays that
 * of the longest table: engines keep one for all lengths.
 */
public final class RecoveryStage {

    private static final double WIDER_THAN_PI = 1.25;
    private static final double SHARE_OF_TUNED_RATIO = 0.25;

    private final RecoveryStagePlan plan;
    private final StageContext context;

    public RecoveryStage(RecoveryStagePlan plan, StageContext context) {
        this.plan = plan;
        this.context = context;
    }

    public void run() throws InterruptedException {
        double attention = attentionFactor();
        for (int length : plan.lengths()) {
            var rivals = rivals(length, attention);
            new LengthSearch(context, plan.name(), context.findings().latest(), length, plan.search())
                    .run(space(length, attention), List.copyOf(rivals.values()), rivals);
        }
    }

    private SearchSpace space(int length, double attention) {
        var search = plan.search();
        var geometry = context.geometry();
        return SearchSpace.of(geometry, Math.max(1, geometry.extensionRatio(length))).range(1, maxFactor(length))
                .step(search.grid()).monotone(search.monotone()).startTokens(search.startTokens()).attentionFactor(attention).build();
    }

    private double maxFactor(int length) {
        if (plan.maxFactor() > 0) {
            return plan.maxFactor();
        }
        double tunedRatio = context.findings().tuning().map(tuning -> context.geometry().extensionRatio(tuning.length())).orElse(1.0);
        return Math.max(WIDER_THAN_PI * Math.max(1, context.geometry().extensionRatio(length)), SHARE_OF_TUNED_RATIO * tunedRatio);
    }

    private double attentionFactor() {
        return context.findings().searched().stream().mapToInt(Finding::length).boxed().max(Integer::compare)
                .flatMap(context.findings()::lastFor).map(longest -> longest.entry().exportable().candidate().attentionFactor()).orElse(1.0);
    }

    private Map<String, Candidate> rivals(int length, double attention) {
        var rivals = new LinkedHashMap<String, Candidate>();
        rivals.put("original positions", new Candidate(Candidate.original(context.geometry().pairs()).factors(), 0, attention));
        context.findings().tuning().ifPresent(tuning -> rivals.put("the fine-tuned table", new Candidate(tuning.candidate().factors(), 0, attention)));
        KnownMethods.rivals(context.geometry(), length).forEach((name, candidate) ->
                rivals.put(name, new Candidate(candidate.factors(), 0, attention)));
        return rivals;
    }
}
