package io.longrope.progressive.report;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.metric.KeyTokens;
import io.longrope.evaluator.session.Bytes;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.search.problem.Plural;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleShare;
import io.longrope.progressive.plan.FineTuneStagePlan;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.plan.PlanMemory;
import io.longrope.progressive.plan.RecoveryStagePlan;
import io.longrope.progressive.plan.SearchPlan;
import io.longrope.progressive.plan.SearchStagePlan;
import io.longrope.progressive.plan.StagePlan;
import io.longrope.search.work.ShortContext;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What a plan asks of the machines that run it, at most: searches may end sooner, and known scores cost nothing. */
public final class Workload {

    /** Of what needs no search, measured beside the finalists. */
    private static final int STRONGEST = 4;
    /** In a recovery: original positions, and the table trained with, with its temperature and without. */
    private static final int UNCHANGED = 3;

    /** The best and what engines run of it, whose perplexity is measured where needles chose them. */
    private static final int CHOSEN = 2;
    /** A backward pass costs two forward passes, and one more where hidden states are computed again. */
    private static final int PASSES_OF_TRAINING = 4;

    private final JobPlan plan;
    private final ModelConfig model;
    private final Precision precision;
    private final Optional<DeviceModel> device;
    private final PlanMemory memory;

    /**
     * @param precision of evaluations, where the plan leaves it to the checkpoint
     * @param device    hours and memory are estimated for; empty = no hours, and the memory of a CPU
     */
    public Workload(JobPlan plan, ModelConfig model, Precision precision, Optional<DeviceModel> device) {
        this(plan, model, precision, device, device.map(known -> OptionalLong.of(known.memory())).orElse(OptionalLong.empty()));
    }

    /**
     * @param available bytes of what scores: a model that is larger is scored with layers read for each pass; empty = as many as it takes
     */
    public Workload(JobPlan plan, ModelConfig model, Precision precision, Optional<DeviceModel> device, OptionalLong available) {
        this.plan = plan;
        this.device = device;
        this.model = model;
        this.precision = plan.precision().orElse(precision);
        this.memory = new PlanMemory(plan, model, precision, device.orElse(DeviceModel.CPU).place(), available);
    }

    /**
     * One thing to do at one length.
     *
     * @param memoryBytes on the device of a worker, or of the built-in trainer; 0 where another program trains
     * @param operations  floating-point operations
     */
    public record Item(String stage, String kind, int length, long evaluations, long tokens, long memoryBytes, double operations) {
    }

    /** In the order they run; the closing report last. */
    public List<Item> items() {
        var items = new ArrayList<Item>();
        plan.stages().forEach(stage -> items.addAll(stage.as(new ItemsOfStage())));
        int original = plan.geometry(model.rope()).originalLength();
        var searched = items.stream().filter(item -> item.evaluations() > 0).map(Item::length).filter(length -> length > original)
                .distinct().toList();
        int columns = plan.report().methods().size() + plan.report().fineTuned().size() + 4;
        for (int length : plan.report().lengths()) {
            long samples = plan.data().samples(SampleShare.REPORT, length);
            var crop = CropCost.of(model, original, length, 1, samples);
            long tokens = columns * samples * length;
            items.add(new Item("report", "held-out table", length, columns + crop.evaluations(), tokens + crop.tokens(),
                    evaluationBytes(length), operations(tokens, length) + crop.operations()));
            long exported = searched.stream().filter(longer -> longer > length).count();
            if (exported > 0) {
                items.add(new Item("report", "one table for all lengths", length, exported, exported * samples * length,
                        evaluationBytes(length), operations(exported * samples * length, length)));
            }
        }
        plan.report().retrieval().ifPresent(retrieval -> retrieval.lengths().forEach(length -> {
            long prompts = (long) retrieval.kinds().size() * retrieval.depths().size() * retrieval.trials();
            long cropped = Math.min(length, original);
            // what was searched, the methods, and crop
            long whole = (1 + retrieval.methods().size()) * prompts * length;
            items.add(new Item("report", "found again in prompts", length, 0, whole + prompts * cropped, memory.generating(length).total(),
                    operations(whole, length) + operations(prompts * cropped, (int) cropped)));
        }));
        return items;
    }

    private final class ItemsOfStage implements StagePlan.Kinds<List<Item>> {

        @Override
        public List<Item> search(SearchStagePlan search) {
            int methods = search.search().rivals().size() * (search.multipliers() ? 2 : 1);
            return List.of(Workload.this.search(search.name(), "search on " + search.on().name().toLowerCase(Locale.ROOT), search.length(),
                    search.search(), methods));
        }

        @Override
        public List<Item> fineTune(FineTuneStagePlan tune) {
            return List.of(new Item(tune.name(), training(tune), tune.trainLength(), 0, trained(tune),
                    memory.training(tune).map(MemoryPlan::total).orElse(0L),
                    PASSES_OF_TRAINING * operations(trained(tune), tune.trainLength())));
        }

        @Override
        public List<Item> recovery(RecoveryStagePlan recovery) {
            int methods = recovery.search().rivals().size() + UNCHANGED;
            return recovery.lengths().stream().map(length -> Workload.this.search(recovery.name(), "search on latest", length,
                    recovery.search(), methods)).toList();
        }
    }

    /** The items as a table, and below it what they come to. */
    public String describe() {
        var rows = new ArrayList<List<String>>();
        long evaluations = 0;
        long tokens = 0;
        long memory = 0;
        double hours = 0;
        for (var item : items()) {
            var row = new ArrayList<>(List.of(item.stage(), item.kind(), Lengths.format(item.length()),
                    item.evaluations() == 0 ? "" : count(item.evaluations()),
                    Quantities.brief(item.tokens()), item.memoryBytes() == 0 ? "" : Bytes.format(item.memoryBytes())));
            device.ifPresent(on -> row.add(hours(hours(on, item))));
            rows.add(row);
            hours += device.map(on -> hours(on, item)).orElse(0.0);
            evaluations += item.evaluations();
            tokens += item.tokens();
            memory = Math.max(memory, item.memoryBytes());
        }
        var columns = new ArrayList<>(List.of("stage", "what", "length", "evaluations", "tokens", "memory"));
        device.ifPresent(on -> columns.add(on.id() + " hours"));
        var table = new TextTable(columns, rows, 2);
        var time = device.isEmpty() ? "" : "; " + hours(hours) + " hours of one " + device.get().id() + ", shared by as many as work";
        return String.join("\n", plan.name() + ": " + plan.model() + ", " + Quantities.brief(model.parameters()) + " parameters, "
                        + Plural.of(plan.stages().size(), "stage") + ", job " + plan.fingerprint().substring(0, 8), "", table.aligned(), "",
                "at most " + count(evaluations) + " evaluations and " + Quantities.brief(tokens)
                        + " tokens; an estimated " + Bytes.format(memory) + " of memory on the device of a worker" + time);
    }

    private String training(FineTuneStagePlan tune) {
        var others = plan.report().fineTuned();
        var trainer = tune.command().map(command -> " by " + command.get(0)).orElse("");
        return Plural.of(tune.training().steps(), "step") + " of training" + trainer
                + (others.isEmpty() ? "" : ", also with " + String.join(", ", others));
    }

    private long trained(FineTuneStagePlan tune) {
        return tune.tokens() * (1 + plan.report().fineTuned().size());
    }

    /** @param methods that are measured beside its candidates; a table it starts from comes on top */
    private Item search(String name, String kind, int length, SearchPlan search, int methods) {
        int known = methods + (search.start().isPresent() ? 1 : 0);
        return search.isPareto() ? atTwoLengths(name, kind, length, search, known) : atOneLength(name, kind, length, search, known);
    }

    private Item atOneLength(String name, String kind, int length, SearchPlan search, int known) {
        long searched = (long) search.evaluations() + known;
        long selected = 2L * search.settings().finalists() + Math.min(known, STRONGEST)
                + (search.objective() == Objective.PERPLEXITY ? 0 : CHOSEN);
        // the known methods enter as seeds, so their slopes are asked for too
        long tokens = tokens(length, search.passes() * searched, selected, search);
        var crop = crop(length, search);
        var evaluator = evaluator(length, search);
        var screening = screening(length, searched, search);
        var by = switch (search.objective()) {
            case PERPLEXITY -> "";
            case NEEDLE -> ", by needles";
            case LONGPPL -> ", by LongPPL";
        };
        return new Item(name, kind + by, length, searched + selected + crop.evaluations(),
                tokens + crop.tokens() + evaluator.tokens() + screening.tokens(),
                evaluationBytes(length), operations(tokens, length) + crop.operations() + evaluator.operations() + screening.operations());
    }

    /** Of a ladder: at most every candidate climbs it to its end. */
    private CropCost screening(int length, long searched, SearchPlan search) {
        long tokens = 0;
        double operations = 0;
        for (int shorter : search.screenedAt(length)) {
            long more = searched * search.ladder().orElseThrow().samples() * shorter;
            tokens += more;
            operations += operations(more, shorter);
        }
        return new CropCost(0, tokens, operations);
    }

    /** Of LongPPL: an evaluator as large as the model reads each sample whole and in windows. */
    private CropCost evaluator(int length, SearchPlan search) {
        if (search.objective() != Objective.LONGPPL) {
            return CropCost.NONE;
        }
        var context = ShortContext.of(plan.geometry(model.rope()).originalLength());
        long samples = samples(length, search);
        long windows = samples * (KeyTokens.read(length, context) - length);
        int window = Math.min(length, context.tokens() + context.step());
        return new CropCost(0, samples * length + windows, operations(samples * length, length) + operations(windows, window));
    }

    private Item atTwoLengths(String name, String kind, int length, SearchPlan search, int known) {
        long searched = search.evaluations() / 2;
        long selected = 2L * search.settings().finalists() + known;
        long atLong = tokens(length, searched, selected, search);
        long atShort = tokens(search.shortLength(), searched, selected, search);
        var crop = crop(length, search);
        return new Item(name, kind + " and " + Lengths.format(search.shortLength()), length,
                2 * (searched + selected) + crop.evaluations(), atLong + atShort + crop.tokens(), evaluationBytes(length),
                operations(atLong, length) + operations(atShort, search.shortLength()) + crop.operations());
    }

    /** Compared with beyond the window, on the samples of the search and on those of its selection. */
    private CropCost crop(int length, SearchPlan search) {
        int window = plan.geometry(model.rope()).originalLength();
        long samples = samples(length, search);
        return length > window ? CropCost.of(model, window, length, 2, samples) : CropCost.NONE;
    }

    /** Of the search and of its selection. */
    private long samples(int length, SearchPlan search) {
        return plan.data().samples(SampleShare.SEARCH, length, search.samples())
                + (long) plan.data().samples(SampleShare.SELECTION, length);
    }

    private long tokens(int length, long searched, long selected, SearchPlan search) {
        return length * (searched * plan.data().samples(SampleShare.SEARCH, length, search.samples())
                + selected * plan.data().samples(SampleShare.SELECTION, length));
    }

    private double operations(long tokens, int length) {
        return (double) tokens / length * new PassCost(model).operations(length);
    }

    private long evaluationBytes(int length) {
        return memory.scoring(length).most();
    }

    /** Hours of one device. */
    public double hours(DeviceModel device, Item item) {
        return device.hours(item.operations(), precision);
    }

    private static String hours(double hours) {
        return hours > 0 && hours < 0.01 ? "<0.01" : String.format(Locale.ROOT, hours < 10 ? "%.2f" : "%,.0f", hours);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
