package io.longrope.progressive.stage;

import io.longrope.progressive.plan.SearchPlan;
import io.longrope.progressive.plan.SearchStagePlan;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import io.longrope.search.space.SearchSpaceBuilder;
import io.longrope.search.work.Sample;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds rescale factors and n̂ for one length, as factors of their own or as multipliers of the fine-tuned ones. */
public record SearchStage(SearchStagePlan plan) implements SearchingStage {

    @Override
    public void check(PlanCheck check) {
        check.geometry().ifPresent(geometry -> {
            check.refuseUnless(plan.length() > geometry.originalLength(), "length", "must be above the model's original length, "
                    + geometry.originalLength(),
                    plan.length(), "");
            check.noting(() -> builder(geometry, check.tuned() == 0 ? geometry.originalLength() : check.tuned()).build());
        });
        check.refuseUnless(!plan.multipliers() || check.tuned() > 0, "multipliers",
                "must come after a fine-tune stage, whose table is multiplied", true, "");
        check.refuseUnless(plan.on() == SearchStagePlan.On.BASE || plan.length() >= check.tuned(), "length",
                "must be at least the length fine-tuned before it, " + check.tuned(), plan.length(),
                        "use a recovery stage for shorter lengths");
        check.facts().config().ifPresent(config -> check.refuseUnless(!plan.search().isPerLayer() || config.layers() > 1, "algorithm",
                "must be another for a model of one layer", plan.search().algorithm(), ""));
        check.search(plan.search(), "length", lengths());
        checkSlopes(check, plan.length());
        check.leavesTables(plan.name(), List.of(plan.length()));
    }

    @Override
    public SearchPlan search() {
        return plan.search();
    }

    @Override
    public StageModel model(Findings findings) {
        return plan.on() == SearchStagePlan.On.BASE ? findings.base() : findings.latest();
    }

    @Override
    public List<Sample> samples(StageContext context) {
        return SearchOutcome.samples(context, plan.search(), lengths());
    }

    @Override
    public void run(StageContext context) throws InterruptedException {
        var task = SearchTask.of(context, plan.name(), model(context.findings()), plan.length(), plan.search());
        var space = space(context);
        var rivals = rivals(context);
        rivals.putAll(WarmStart.of(task, space));
        if (plan.search().isPareto()) {
            new FrontSearch(task).run(space, rivals);
        } else {
            new LengthSearch(task).run(space, rivals, Selection.ENGINES);
        }
    }

    /** The lengths candidates are scored at. */
    private List<Integer> lengths() {
        return plan.search().isPareto() ? List.of(plan.length(), plan.search().shortLength()) : List.of(plan.length());
    }

    private SearchSpaceBuilder builder(RopeGeometry geometry, int tunedLength) {
        return plan.space(geometry, tunedLength).attentionFactor(plan.search().space().attention().at(geometry, plan.length()));
    }

    private SearchSpace space(StageContext context) {
        var geometry = context.geometry();
        var tuning = tuning(context);
        return tuning.map(one -> builder(geometry, one.length()).base(one.candidate().factors()))
                .orElseGet(() -> builder(geometry, geometry.originalLength())).layers(context.layers()).build();
    }

    private Map<String, Candidate> rivals(StageContext context) {
        var rivals = new LinkedHashMap<String, Candidate>();
        var geometry = context.geometry();
        tuning(context).ifPresent(tuning -> rivals.putAll(KnownMethods.onTopOf(plan.search().rivals(), tuning.candidate().factors(),
                geometry, tuning.length(), plan.length())));
        rivals.putAll(KnownMethods.rivals(plan.search().rivals(), geometry, plan.length()));
        earlier(context).forEach(finding -> rivals.put("the table of " + finding.stage(), finding.entry().best().candidate()));
        return rivals;
    }

    /** What this job found for the length before, on other checkpoints. */
    private List<Finding> earlier(StageContext context) {
        var earlier = new ArrayList<>(context.findings().searched());
        earlier.removeIf(finding -> finding.length() != plan.length());
        return earlier;
    }

    /** The fine-tune whose table is multiplied; empty where factors are searched. */
    private Optional<Findings.Tuning> tuning(StageContext context) {
        return plan.multipliers() ? Optional.of(context.findings().tuning().orElseThrow()) : Optional.empty();
    }
}
