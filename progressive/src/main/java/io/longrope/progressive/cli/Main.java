package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Interruption;
import io.longrope.progressive.cli.internal.Logging;
import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.cli.internal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.io.PrintWriter;

/** The command line. Exit codes: 0 done, 1 failed, 2 bad input, 3 cancelled or paused, 130 interrupted. */
public final class Main {

    private Main() {
    }

    public static void main(String[] arguments) {
        var interruption = Interruption.ofCurrentThread();
        int exitCode = new Console(new PrintWriter(System.out, true), Terminal.ofStandardError()).execute(arguments);
        interruption.ended();
        System.exit(exitCode);
    }

    /** Where a command line writes; {@code main} uses the process's streams, tests their own. */
    record Console(PrintWriter out, Terminal terminal) {

        int execute(String... arguments) {
            var problems = new Problems(terminal);
            var line = new CommandLine(new LongropeCommand(this), new Commands(this))
                    .setOut(out)
                    .setErr(terminal.writer())
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setUsageHelpAutoWidth(false)
                    .setUsageHelpWidth(110)
                    .setExecutionExceptionHandler(problems)
                    .setParameterExceptionHandler(problems)
                    .setExecutionStrategy(new CommandLine.RunLast());
            line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandGroups::render);
            Logging.configure(terminal, Logging.Format.PLAIN, false);
            return line.execute(arguments);
        }
    }
}
