package io.longrope.progressive.chaos;

import io.longrope.progressive.cli.Main;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Command lines as processes of their own, each with a log file. */
final class Roles {

    private static final long PATIENCE_MINUTES = 15;

    private final Path logs;

    Roles(Path logs) {
        this.logs = logs;
    }

    Process start(String name, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xmx1g", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true", "-Dlongrope.home=" + System.getProperty("longrope.home"), "-cp",
                System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.appendTo(logs.resolve(name + ".out").toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(logs.resolve(name + ".log").toFile())).start();
    }

    /** Runs to the end and must end well. */
    void run(String name, String... arguments) throws IOException, InterruptedException {
        await(name, start(name, arguments));
    }

    void await(String name, Process process) throws InterruptedException {
        if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            throw new AssertionError(name + " did not end, see " + logs.resolve(name + ".log"));
        }
        if (process.exitValue() != 0) {
            throw new AssertionError(name + " ended with " + process.exitValue() + ", see " + logs.resolve(name + ".log"));
        }
    }

    static void signal(Process process, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }
}
