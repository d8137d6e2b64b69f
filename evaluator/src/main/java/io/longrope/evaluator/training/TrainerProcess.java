package io.longrope.evaluator.training;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.Daemons;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A training program and all it starts: run to its end, or ended as a whole. */
final class TrainerProcess {

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 50;

    private final List<String> words;
    private final Map<String, String> environment;
    private final Path identity;
    private final Consumer<String> log;

    /**
     * @param environment added to this process's own
     * @param identity    file that names the program while it runs, for whoever comes after a crash of this process
     * @param log         is given every line of its output, on a thread of its own
     */
    TrainerProcess(List<String> words, Map<String, String> environment, Path identity, Consumer<String> log) {
        this.words = words;
        this.environment = environment;
        this.identity = identity;
        this.log = log;
    }

    /**
     * Runs the program.
     *
     * @param timeout zero = never
     * @return its exit code; empty when it was ended for taking too long
     * @throws InterruptedException when this thread was interrupted; the program has been ended
     */
    OptionalInt run(Duration timeout) throws IOException, InterruptedException {
        var process = start();
        var reader = Daemons.thread("trainer-log", () -> forward(process.getInputStream()));
        reader.start();
        try {
            writeIdentity(process.toHandle());
            if (timeout.isZero()) {
                process.waitFor();
            } else if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                end(process.toHandle());
                return OptionalInt.empty();
            }
            return OptionalInt.of(process.exitValue());
        } catch (InterruptedException e) {
            end(process.toHandle());
            throw e;
        } finally {
            reader.join(GRACE.toMillis());
            Files.deleteIfExists(identity);
        }
    }

    private Process start() {
        var builder = new ProcessBuilder(words).redirectErrorStream(true).redirectInput(new File("/dev/null"));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new BadInput(new Problem("fine-tune.command", "must name a program that can be started", e.getMessage(),
                    "it is looked for on PATH and below " + Path.of("").toAbsolutePath()), e);
        }
    }

    /** Lines to the log. Of text that a carriage return overwrites (progress bars) only what stays is a line. */
    private void forward(InputStream output) {
        var line = new StringBuilder();
        boolean returned = false;
        try (Reader reader = new InputStreamReader(output, StandardCharsets.UTF_8)) {
            for (int next = reader.read(); next >= 0; next = reader.read()) {
                if (next == '\n') {
                    log.accept(line.toString());
                    line.setLength(0);
                } else if (next != '\r') {
                    if (returned) {
                        line.setLength(0);
                    }
                    line.append((char) next);
                }
                returned = next == '\r';
            }
        } catch (IOException e) {
            log.accept("the rest of its output could not be read: " + e.getMessage());
        }
        if (!line.isEmpty()) {
            log.accept(line.toString());
        }
    }

    private void writeIdentity(ProcessHandle process) throws IOException {
        Files.writeString(identity, process.pid() + " " + started(process).map(Instant::toEpochMilli).orElse(0L) + "\n");
    }

    /**
     * Ends the program that an attempt left running which has ended. The same number may be another program's by now; the time it was
     * started tells.
     */
    static void endForerunner(Path identity, Consumer<String> log) throws IOException {
        if (!Files.exists(identity)) {
            return;
        }
        var parts = Files.readString(identity).strip().split(" ");
        if (parts.length == 2) {
            ProcessHandle.of(Long.parseLong(parts[0]))
                    .filter(process -> started(process).map(Instant::toEpochMilli).orElse(-1L) == Long.parseLong(parts[1]))
                    .ifPresent(process -> {
                        log.accept("ends process " + process.pid() + ", which an earlier attempt left running");
                        end(process);
                    });
        }
        Files.delete(identity);
    }

    private static Optional<Instant> started(ProcessHandle process) {
        return process.info().startInstant();
    }

    /** Asks the program and all it started to end, and makes those that do not. Not to be interrupted. */
    private static void end(ProcessHandle process) {
        // children of a program that has ended are nobody's: they are listed before
        var tree = Stream.concat(process.descendants(), Stream.of(process)).toList();
        tree.forEach(ProcessHandle::destroy);
        long deadline = System.nanoTime() + GRACE.toNanos();
        boolean interrupted = false;
        while (!interrupted && tree.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < deadline) {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        tree.forEach(ProcessHandle::destroyForcibly);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
