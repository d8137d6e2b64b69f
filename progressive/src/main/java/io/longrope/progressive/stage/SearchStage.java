package io.longrope.progressive.stage;

import io.longrope.progressive.plan.SearchStagePlan;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds rescale factors and n̂ for one length, as factors of their own or as multipliers of the fine-tuned ones. */
public final class SearchStage {

    private final SearchStagePlan plan;
    private final StageContext context;

    public SearchStage(SearchStagePlan plan, StageContext context) {
        this.plan = plan;
        this.context = context;
    }

    public void run() throws InterruptedException {
        var model = plan.on() == SearchStagePlan.On.BASE ? context.findings().base() : context.findings().latest();
        var task = new SearchTask(context, plan.name(), model, plan.length(), plan.search());
        var space = space();
        var rivals = rivals();
        rivals.putAll(WarmStart.of(task, space));
        if (plan.search().isPareto()) {
            new FrontSearch(task).run(space, rivals);
        } else {
            new LengthSearch(task).run(space, rivals, Selection.NO_START_TOKENS);
        }
    }

    private SearchSpace space() {
        var geometry = context.geometry();
        var builder = plan.space(geometry, tuning() == null ? geometry.originalLength() : tuning().length())
                .attentionFactor(plan.search().space().attention().at(geometry, plan.length()));
        return tuning() == null ? builder.build() : builder.base(tuning().candidate().factors()).build();
    }

    private Map<String, Candidate> rivals() {
        var rivals = new LinkedHashMap<String, Candidate>();
        var geometry = context.geometry();
        if (tuning() != null) {
            rivals.putAll(KnownMethods.onTopOf(tuning().candidate().factors(), geometry, tuning().length(), plan.length()));
        }
        rivals.putAll(KnownMethods.rivals(geometry, plan.length()));
        earlier().forEach(finding -> rivals.put("the table of " + finding.stage(), finding.entry().best().candidate()));
        return rivals;
    }

    /** What this job found for the length before, on other checkpoints. */
    private List<Finding> earlier() {
        var earlier = new ArrayList<>(context.findings().searched());
        earlier.removeIf(finding -> finding.length() != plan.length());
        return earlier;
    }

    private Findings.Tuning tuning() {
        return plan.multipliers() ? context.findings().tuning().orElseThrow() : null;
    }
}
