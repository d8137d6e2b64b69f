package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.local.LocalFiles;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.search.problem.BadInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code longrope demo}. */
@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Runs the whole LongRoPE job on a shipped small model and real text; about 5 minutes.",
        footer = {"", "Runs configs/demo.yaml: search, fine-tune, search, fine-tune, search, recovery, tables, report.",
            "Interrupted or killed, the same command goes on where it stopped.", "", "Example: ${ROOT-COMMAND-NAME} demo"})
public final class DemoCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private JobOptions job;

    @Mixin
    private LogOptions log;

    public DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        log.apply(console);
        var home = System.getProperty("longrope.home");
        if (home == null) {
            throw new BadInput("longrope.home", "must name the repository", "missing", "start it with ./longrope");
        }
        var files = new LocalFiles(Path.of(home, "evaluator/models"), Path.of(home, "evaluator/target"));
        var session = job.session();
        var inspector = job.inspector(console, files, session, job.devices(session));
        var plan = new PlanReader(inspector).read(Path.of(home, "configs/demo.yaml"), List.of());
        return new JobRun(console, log, plan, files, job, session).run();
    }
}
