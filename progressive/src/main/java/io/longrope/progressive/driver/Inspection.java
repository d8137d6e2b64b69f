package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.facts.DeviceFacts;
import io.longrope.evaluator.facts.Facts;
import io.longrope.evaluator.facts.ModelFacts;
import io.longrope.evaluator.facts.SampleFacts;
import io.longrope.evaluator.facts.TextFacts;
import io.longrope.evaluator.text.StartToken;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanMemory;
import io.longrope.progressive.report.StreamingCost;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.progressive.stage.PlanFacts;
import io.longrope.progressive.stage.Stage;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.InspectTask.Window;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.SampleShare;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/** Asks what the checkpoint and the texts of a job really are, each once. Not thread-safe. */
public final class Inspection {

    private final Inspector inspector;
    private final Supplier<List<DeviceFacts>> devices;
    private final Map<InspectTask.Subject, Outcome> known = new LinkedHashMap<>();
    /** Whatever start token was asked for. */
    private final Map<String, ModelFacts> models = new LinkedHashMap<>();
    /** Whatever else was asked of them. */
    private final Map<String, TextFacts> texts = new LinkedHashMap<>();

    /** Whoever can look at files. */
    @FunctionalInterface
    public interface Inspector {

        /**
         * @throws io.longrope.search.problem.BadInput            when what is to be looked at is missing or broken
         * @throws java.util.concurrent.CancellationException when the thread is interrupted
         */
        Outcome inspect(InspectTask.Subject subject);
    }

    /** @param devices that might do the job, as far as they are known now */
    public Inspection(Inspector inspector, Supplier<List<DeviceFacts>> devices) {
        this.inspector = inspector;
        this.devices = devices;
    }

    /** Everything that keeps a plan from running to its end. */
    public List<Problem> problems(JobPlan plan) {
        var model = model(plan);
        // a checkpoint that is missing is told before anything runs
        Stage.of(plan).forEach(stage -> stage.evaluator().ifPresent(this::config));
        var memory = new PlanMemory(plan, config(plan.model()), model.precision());
        return PlanCheck.problems(plan, facts(plan).withMemory(memory.problems(devices.get())));
    }

    /** A line for each stage that is scored with layers read from their files for each pass. */
    List<String> streamed(JobPlan plan) {
        var config = config(plan.model());
        var precision = model(plan).precision();
        return StreamingCost.of(new PlanMemory(plan, config, precision).streamed(devices.get()), config,
                plan.precision().orElse(precision));
    }

    /** Of a plan's checkpoint, with the start token the plan gives it. */
    public ModelFacts model(JobPlan plan) {
        return model(plan.model(), plan.startToken());
    }

    /** Whatever its start token is, and whether or not its tokenizer has one that can be used. */
    public ModelConfig config(String path) {
        var found = models.get(path);
        return ModelConfig.of(path + "/config.json", (found == null ? model(path, StartToken.NONE) : found).config());
    }

    private ModelFacts model(String path, StartToken startToken) {
        var found = ask(new InspectTask.Model(path, startToken.named()), ModelFacts.class);
        models.put(path, found);
        return found;
    }

    /** Of a checkpoint's configuration and weights. */
    String fingerprint(String path) {
        return ask(new InspectTask.Weights(path), String.class);
    }

    /** @param model whose tokenizer counts */
    TextFacts text(String model, String text) {
        var found = texts.get(text);
        return found == null ? text(model, text, List.of()) : found;
    }

    SampleFacts samples(InspectTask.Samples samples) {
        return ask(samples, SampleFacts.class);
    }

    /** Whether workers see a file as it was written here. */
    boolean isShared(InspectTask.SharedFile file) {
        return ask(file, Boolean.class);
    }

    private PlanFacts facts(JobPlan plan) {
        var model = model(plan);
        var config = config(plan.model());
        var training = plan.data().training().map(text -> OptionalLong.of(text(plan.model(), text).tokens()))
                .orElseGet(OptionalLong::empty);
        var wanted = new LinkedHashSet<Window>();
        PlanCheck.problems(plan, facts(model, config, training, (share, window) -> note(wanted, share, window)));
        var windows = List.copyOf(wanted);
        var rooms = text(plan.model(), plan.data().evaluation(), windows).rooms();
        return facts(model, config, training, (share, window) -> {
            int index = window > 0 ? windows.indexOf(new Window(share, window)) : -1;
            return index < 0 ? Long.MAX_VALUE : rooms.get(index);
        });
    }

    private static long note(Set<Window> wanted, SampleShare share, int window) {
        if (window > 0) {
            wanted.add(new Window(share, window));
        }
        return Long.MAX_VALUE;
    }

    private static PlanFacts facts(ModelFacts model, ModelConfig config, OptionalLong training, PlanFacts.Rooms rooms) {
        return new PlanFacts(Optional.of(config), model.shortestNeedle(), model.shortestPrompts(), Optional.of(rooms), training, Map.of());
    }

    private TextFacts text(String model, String text, List<Window> windows) {
        var found = ask(new InspectTask.Text(model, text, windows), TextFacts.class);
        texts.put(text, found);
        return found;
    }

    private <T> T ask(InspectTask.Subject subject, Class<T> form) {
        var outcome = known.get(subject);
        if (outcome == null) {
            outcome = inspector.inspect(subject);
            known.put(subject, outcome);
        }
        return Facts.read(outcome, form);
    }
}
