package io.longrope.progressive.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.longrope.evaluator.worker.Worker;
import io.longrope.search.json.Json;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.problem.Require;
import io.longrope.search.work.SteadyClock;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskId;
import io.longrope.search.work.TaskLoop;
import io.longrope.search.work.TaskRunner;
import org.slf4j.LoggerFactory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A worker on Kafka in a process of its own, which can be killed or stopped as no thread can. It leaves when its standard input ends. */
final class WorkerProcess implements DepartingWorker {

    private static final String TAKEN = "TAKEN ";
    private static final long SIGNAL_SECONDS = 10;

    private final Process process;
    private final BufferedReader lines;

    private WorkerProcess(Process process) {
        this.process = process;
        lines = process.inputReader(StandardCharsets.UTF_8);
    }

    /** The settings go through its standard input, for a command line can be read by others. */
    static WorkerProcess start(KafkaSettings settings, String name) {
        try {
            var worker = new WorkerProcess(new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx256m", "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), WorkerProcess.class.getName(), name)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start());
            // a frozen one would not notice that this process is gone
            Runtime.getRuntime().addShutdownHook(new Thread(worker::kill, "end-" + name));
            var input = worker.process.outputWriter(StandardCharsets.UTF_8);
            input.write(Json.write(settings));
            input.newLine();
            input.flush();
            return worker;
        } catch (IOException e) {
            throw new UncheckedIOException("a worker's process does not start", e);
        }
    }

    /** The process. Argument: the worker's name. */
    public static void main(String[] arguments) throws IOException {
        // nobody reads standard output once a task is taken: a full pipe would hold the process up
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var settings = Json.mapper().readValue(input.readLine(), KafkaSettings.class);
        try (var worker = Worker.start(KafkaTransport.join(settings, arguments[0]), new Holding(), TaskLoop.Habits.usual(Optional::empty),
                SteadyClock.start())) {
            while (input.readLine() != null) {
                // until it ends
            }
        }
    }

    @Override
    public Optional<TaskId> take() {
        return lines.lines().filter(line -> line.startsWith(TAKEN)).findFirst().map(line -> new TaskId(line.substring(TAKEN.length())));
    }

    @Override
    public void depart(Departure how) {
        switch (how) {
            case LEAVES -> endInput();
            case DIES -> kill();
            case FREEZES -> signal("STOP");
        }
    }

    @Override
    public void close() {
        kill();
    }

    /** By its handle, which leaves the pipe open: who reads it finds its end. */
    private void kill() {
        process.toHandle().destroyForcibly();
    }

    private void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Java itself can only end a process. */
    private void signal(String name) {
        try {
            var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            boolean ended = kill.waitFor(SIGNAL_SECONDS, TimeUnit.SECONDS);
            Require.that(ended && kill.exitValue() == 0, "kill -" + name, "must be there to freeze a worker", "it failed",
                    "freeze none on this system");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Finishes nothing. */
    private static final class Holding implements TaskRunner {

        @Override
        public Done run(Task task) throws InterruptedException {
            System.out.println(TAKEN + task.id());
            while (true) {
                TimeUnit.HOURS.sleep(1);
            }
        }

        @Override
        public String device() {
            return "none";
        }
    }
}
