package io.longrope.progressive.cli;

import io.longrope.progressive.cli.look.BenchCommand;
import io.longrope.progressive.cli.look.CompareCommand;
import io.longrope.progressive.cli.look.DoctorCommand;
import io.longrope.progressive.cli.look.EvaluateCommand;
import io.longrope.progressive.cli.look.ScoreCommand;
import io.longrope.progressive.cli.look.VerifyCommand;
import io.longrope.progressive.cli.make.FineTuneCommand;
import io.longrope.progressive.cli.make.PretrainCommand;
import io.longrope.progressive.cli.make.TablesCommand;
import io.longrope.progressive.cli.option.ClientOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.run.DeleteCommand;
import io.longrope.progressive.cli.run.DemoCommand;
import io.longrope.progressive.cli.run.ExportCommand;
import io.longrope.progressive.cli.run.JobChoice;
import io.longrope.progressive.cli.run.JobRequest;
import io.longrope.progressive.cli.run.JobsCommand;
import io.longrope.progressive.cli.run.PlanCommand;
import io.longrope.progressive.cli.run.ReportCommand;
import io.longrope.progressive.cli.run.RunCommand;
import io.longrope.progressive.cli.run.SubmitCommand;
import io.longrope.progressive.cli.run.WatchCommand;
import io.longrope.progressive.cli.serve.BrokerCommand;
import io.longrope.progressive.cli.serve.DriverCommand;
import io.longrope.progressive.cli.serve.WorkerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code longrope} itself: alone it prints the help. What a person may ask of a job, {@code longrope cancel|pause|resume JOB}, is
 * here in a method each.
 */
@Command(name = "longrope", mixinStandardHelpOptions = true, version = "longrope 0.1.0",
        description = "Finds the RoPE rescale factors that stretch a model's context window (LongRoPE).",
        synopsisSubcommandLabel = "COMMAND", commandListHeading = "",
        footer = {"", "${ROOT-COMMAND-NAME} COMMAND --help shows a command's options, defaults and an example."},
        subcommands = {DemoCommand.class, PlanCommand.class, RunCommand.class, SubmitCommand.class, JobsCommand.class, WatchCommand.class,
            DeleteCommand.class, ReportCommand.class, ExportCommand.class, BrokerCommand.class, DriverCommand.class, WorkerCommand.class,
            EvaluateCommand.class, CompareCommand.class, ScoreCommand.class, BenchCommand.class, VerifyCommand.class, DoctorCommand.class,
            PretrainCommand.class, FineTuneCommand.class, TablesCommand.class})
final class LongropeCommand implements Runnable {

    private final Console console;

    @Spec
    private CommandSpec spec;

    LongropeCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(name = "cancel", mixinStandardHelpOptions = true, sortOptions = false,
            description = "Ends a job; what it found so far is kept.",
            footer = {"", "Submitted again it goes on where it was.",
                "", "Example: ${ROOT-COMMAND-NAME} cancel demo-4f0c11aa --bootstrap kafka:9092"})
    int cancel(@Mixin JobChoice job, @Mixin ClientOptions client) {
        return JobRequest.CANCEL.send(console, job, client);
    }

    @Command(name = "pause", mixinStandardHelpOptions = true, sortOptions = false,
            description = "Puts a job aside; its driver and workers turn to others.",
            footer = {"", "The driver stops within seconds and withdraws the tasks nobody has done yet; results and checkpoints stay, so "
                + "the job",
                "goes on to the same tables when it is resumed, by whatever driver is free. See jobs or watch for the state \"paused\".",
                "", "Example: ${ROOT-COMMAND-NAME} pause demo-4f0c11aa --bootstrap kafka:9092"})
    int pause(@Mixin JobChoice job, @Mixin ClientOptions client) {
        return JobRequest.PAUSE.send(console, job, client);
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, sortOptions = false,
            description = "Has a paused job go on.",
            footer = {"", "It waits for a driver as if it were submitted anew; known results answer at once.",
                "", "Example: ${ROOT-COMMAND-NAME} resume demo-4f0c11aa --bootstrap kafka:9092"})
    int resume(@Mixin JobChoice job, @Mixin ClientOptions client) {
        return JobRequest.RESUME.send(console, job, client);
    }
}
