package io.longrope.progressive.report;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.evaluation.SampleShare;
import io.longrope.search.job.FineTuneStagePlan;
import io.longrope.search.job.JobPlan;
import io.longrope.search.job.Lengths;
import io.longrope.search.job.RecoveryStagePlan;
import io.longrope.search.job.SearchPlan;
import io.longrope.search.job.SearchStagePlan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** What a plan asks of the machines that run it, at most: searches may end sooner, and known scores cost nothing. */
public final class Workload {

    /** Methods scored beside the finalists: PI, NTK, dynamic NTK, YaRN. */
    private static final int KNOWN_METHODS = 4;

    private final JobPlan plan;
    private final ModelConfig model;

    public Workload(JobPlan plan, ModelConfig model) {
        this.plan = plan;
        this.model = model;
    }

    /** One thing to do at one length. */
    public record Item(String stage, String kind, int length, long evaluations, long tokens, long memoryBytes) {
    }

    /** In the order they run; the closing report last. */
    public List<Item> items() {
        var items = new ArrayList<Item>();
        for (var stage : plan.stages()) {
            if (stage instanceof SearchStagePlan search) {
                items.add(search(stage.name(), "search on " + search.on().name().toLowerCase(Locale.ROOT), search.length(), search.search()));
            } else if (stage instanceof FineTuneStagePlan tune) {
                items.add(new Item(stage.name(), tune.steps() + " steps of training", tune.trainLength(), 0, tune.tokens(), trainingBytes(tune)));
            } else if (stage instanceof RecoveryStagePlan recovery) {
                recovery.lengths().forEach(length -> items.add(search(stage.name(), "search on latest", length, recovery.search())));
            }
        }
        int columns = plan.report().methods().size() + 4;
        for (int length : plan.report().lengths()) {
            items.add(new Item("report", "held-out table", length, columns, (long) columns * plan.data().samples(SampleShare.REPORT, length) * length,
                    evaluationBytes(length)));
        }
        plan.report().passkey().ifPresent(passkey -> passkey.lengths().forEach(length -> items.add(new Item("report", "pass keys, on the driver", length, 0,
                (long) passkey.depths().size() * passkey.trials() * length, new PassCost(model, plan.precision()).generating(length).total()))));
        return items;
    }

    /** The items as a table, and below it what they come to. */
    public String describe() {
        var rows = new ArrayList<List<String>>();
        long evaluations = 0;
        long tokens = 0;
        long memory = 0;
        for (var item : items()) {
            rows.add(List.of(item.stage(), item.kind(), Lengths.format(item.length()), item.evaluations() == 0 ? "" : count(item.evaluations()),
                    Quantities.brief(item.tokens()), Quantities.bytes(item.memoryBytes())));
            evaluations += item.evaluations();
            tokens += item.tokens();
            memory = Math.max(memory, item.memoryBytes());
        }
        var table = new TextTable(List.of("stage", "what", "length", "evaluations", "tokens", "memory"), rows, 2);
        return String.join("\n", plan.name() + ": " + plan.model() + ", " + Quantities.brief(model.parameters()) + " parameters, "
                        + plan.stages().size() + " stages, job " + plan.fingerprint().substring(0, 8), "", table.aligned(), "",
                "at most " + count(evaluations) + " evaluations and " + Quantities.brief(tokens)
                        + " tokens; an estimated " + Quantities.bytes(memory) + " of memory on the device of a worker");
    }

    private Item search(String name, String kind, int length, SearchPlan search) {
        long searched = (long) search.evaluations() + KNOWN_METHODS;
        long selected = 2L * search.finalists() + KNOWN_METHODS;
        long tokens = length * (searched * plan.data().samples(SampleShare.SEARCH, length, search.samples())
                + selected * plan.data().samples(SampleShare.SELECTION, length));
        return new Item(name, kind, length, searched + selected, tokens, evaluationBytes(length));
    }

    private long evaluationBytes(int length) {
        return new PassCost(model, plan.precision()).scoring(length).total();
    }

    private long trainingBytes(FineTuneStagePlan tune) {
        var adapters = tune.lora().map(lora -> OptionalLong.of(TrainingCost.adapters(model, lora.rank(),
                lora.targets().stream().map(target -> target.name().toLowerCase(Locale.ROOT)).toList()))).orElseGet(OptionalLong::empty);
        return new TrainingCost(model, tune.precision(), tune.recompute(), adapters).bytes((long) tune.microBatch() * tune.trainLength(), 1);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
