package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Interruption;
import io.longrope.progressive.cli.internal.Logging;
import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.search.problem.Program;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.io.PrintWriter;

/** The command line. Exit codes: 0 done, 1 failed, 2 bad input, 3 cancelled or paused, 130 interrupted. */
public final class Main {

    private Main() {
    }

    public static void main(String[] arguments) {
        var interruption = Interruption.ofCurrentThread();
        int exitCode = execute(new Console(new PrintWriter(System.out, true), Terminal.ofStandardError()), arguments);
        interruption.ended();
        System.exit(exitCode);
    }

    /** Of a console of the caller's. */
    static int execute(Console console, String... arguments) {
        var problems = new Problems(console.terminal());
        var line = new CommandLine(new LongropeCommand(console), new Commands(console))
                .setCommandName(Program.name())
                .setOut(console.out())
                .setErr(console.terminal().writer())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(110)
                .setExecutionExceptionHandler(problems)
                .setParameterExceptionHandler(problems)
                .setExecutionStrategy(new CommandLine.RunLast());
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandGroups::render);
        Logging.configure(console.terminal(), Logging.Format.PLAIN, false);
        return line.execute(arguments);
    }
}
