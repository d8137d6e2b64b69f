package io.longrope.progressive.cli.run;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.facts.DeviceFacts;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.RootOptions;
import io.longrope.progressive.local.LocalFiles;
import io.longrope.progressive.plan.ModelShape;
import io.longrope.progressive.plan.PlanMemory;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.DeviceModel;
import io.longrope.progressive.report.StreamingCost;
import io.longrope.progressive.report.Workload;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/** {@code longrope run PLAN}. */
@Command(name = "run", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Runs a job: driver, workers and an embedded broker in one process.",
        footer = {"", "Interrupted or killed, the same command goes on where the job stopped.",
            "", "Example: ${ROOT-COMMAND-NAME} run configs/demo.yaml --set seed=2 --run-dir runs/demo-2",
            "Example: ${ROOT-COMMAND-NAME} run configs/llama-2-7b-2048k.yaml --dry-run"})
public final class RunCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = "PLAN", description = "The job's plan, a YAML file; configs/ has some to start from.")
    private Path plan;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Replaces a value of the plan, e.g. search.population=32. May be repeated.")
    private List<String> overrides = List.of();

    @Option(names = "--dry-run", description = "Check the plan and print stages, evaluations, tokens and memory; run nothing."
            + " What the device cannot hold, this one or that of --estimate-for, is refused.")
    private boolean dryRun;

    @Option(names = "--estimate-for", paramLabel = "DEVICE",
            description = "With --dry-run: estimate the hours of one h100, h200, a100, l40s, rtx4090 or cpu.")
    private String estimateFor;

    @Mixin
    private JobOptions job;

    @Mixin
    private RootOptions roots;

    @Mixin
    private LogOptions log;

    public RunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        log.apply(console);
        if (dryRun) {
            weigh();
            return 0;
        }
        var files = new LocalFiles(roots.models(), roots.data());
        var session = job.session();
        // with workers elsewhere the files are where they are
        var surroundings = job.workers() > 0 ? job.inspector(console, files, session, job.devices(session)) : PlanCheck.UNSEEN;
        return new JobRun(console, log, new PlanReader(surroundings).read(plan, overrides), files, job, session).run();
    }

    private void weigh() {
        var files = new LocalFiles(roots.models(), roots.data());
        var unchecked = new PlanReader(PlanCheck.UNSEEN).read(plan, overrides);
        boolean present = Checkpoint.isAt(roots.models().resolve(unchecked.model()));
        if (!present && unchecked.shape().isEmpty()) {
            files.checkpoint(unchecked.model());
        }
        try (var session = job.session()) {
            var inspector = job.inspector(console, files, session, List.of());
            var checked = present ? new PlanReader(inspector).read(plan, overrides) : unchecked;
            var model = checked.shape().map(RunCommand::llamaLike).orElseGet(() -> inspector.inspection().config(checked.model()));
            var precision = present ? inspector.inspection().model(checked).precision() : Precision.F32;
            var devices = devices(session);
            var available = devices.stream().flatMapToLong(device -> device.memory().stream()).max();
            console.out().println(new Workload(checked, model, precision,
                    Optional.ofNullable(estimateFor).map(DeviceModel::named), available).describe());
            var memory = new PlanMemory(checked, model, precision);
            StreamingCost.of(memory.streamed(devices), model, checked.precision().orElse(precision)).forEach(console.out()::println);
            console.out().flush();
            var problems = List.copyOf(memory.problems(devices).values());
            if (!problems.isEmpty()) {
                throw new BadInput(problems);
            }
        }
    }

    /** What would do it: the device estimated for, or this machine's where it has workers. */
    private List<DeviceFacts> devices(ModelSession session) {
        if (estimateFor != null) {
            var named = DeviceModel.named(estimateFor);
            return List.of(new DeviceFacts("estimate", named.id(), "", OptionalLong.of(named.memory())));
        }
        return job.workers() == 0 ? List.of() : job.devices(session);
    }

    private static ModelConfig llamaLike(ModelShape shape) {
        return new ModelConfig("llama", shape.vocabulary(), shape.hidden(), shape.feedForward(), shape.layers(), shape.heads(),
                shape.keyValueHeads(),
                shape.headDim(), shape.geometry(), Optional.empty(), shape.window(), 1e-5, false, AttentionBias.NONE, OptionalInt.empty(),
                OptionalInt.empty());
    }
}
