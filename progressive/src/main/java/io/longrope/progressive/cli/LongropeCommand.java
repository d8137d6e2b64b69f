package io.longrope.progressive.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code longrope} itself: alone it prints the help. */
@Command(name = "longrope", mixinStandardHelpOptions = true, version = "longrope 0.1.0",
        description = "Finds the RoPE rescale factors that stretch a model's context window (LongRoPE).",
        synopsisSubcommandLabel = "COMMAND", commandListHeading = "",
        footer = {"", "longrope COMMAND --help shows a command's options, defaults and an example."},
        subcommands = {DemoCommand.class, PlanCommand.class, RunCommand.class, SubmitCommand.class, JobsCommand.class, WatchCommand.class,
        CancelCommand.class,
            ReportCommand.class, ExportCommand.class, BrokerCommand.class, DriverCommand.class, WorkerCommand.class, EvaluateCommand.class,
            CompareCommand.class, ScoreCommand.class, BenchCommand.class, PretrainCommand.class, FineTuneCommand.class,
            TablesCommand.class})
final class LongropeCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
