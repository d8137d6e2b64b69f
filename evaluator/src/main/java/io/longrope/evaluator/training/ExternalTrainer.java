package io.longrope.evaluator.training;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointFiles;
import io.longrope.evaluator.checkpoint.ModelCopy;
import io.longrope.evaluator.checkpoint.Directories;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.table.Engine;
import io.longrope.search.table.HuggingFaceFormat;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.training.TrainingCommand.Variable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Has a program of the user's train a checkpoint. The working files of an attempt are
 * <pre>{@code
 * model/         what it starts from, with the table in config.json
 * factors.json   the table
 * output/        what it writes; an attempt that failed leaves it to the next, so that the program can go on there
 * attempts.json  exit codes and times; part of the checkpoint in the end, as training.json
 * }</pre>
 */
public final class ExternalTrainer {

    private static final ObjectWriter JSON = Json.mapper().writerWithDefaultPrettyPrinter();

    private final ExternalTask task;
    /** What it starts from. */
    private final Checkpoint checkpoint;
    private final TrainingAttempt attempt;
    private final Consumer<String> log;

    /** One run of the program. */
    private record Attempt(String outcome, double seconds) {
    }

    private ExternalTrainer(ExternalTask task, TrainingAttempt attempt, Consumer<String> log) {
        this.task = task;
        checkpoint = Checkpoint.open(task.checkpoint());
        this.attempt = attempt;
        this.log = log;
    }

    /**
     * Runs the program and takes over what it wrote.
     *
     * @param log is given every line it prints
     * @throws CommandFailed when it fails, takes too long, or leaves no checkpoint that fits
     * @throws BadInput      when it cannot be started
     */
    public static void train(ExternalTask task, TrainingAttempt attempt, Consumer<String> log) throws IOException, InterruptedException {
        var trainer = new ExternalTrainer(task, attempt, log);
        trainer.inherit();
        trainer.prepare();
        trainer.run();
        trainer.check();
        trainer.takeOver();
    }

    private Path work() {
        return attempt.work();
    }

    private Path written() {
        return work().resolve("output");
    }

    /** What the attempt before wrote, unless it may still be writing. */
    private void inherit() throws IOException {
        Files.createDirectories(work());
        for (var earlier : attempt.abandonedWork()) {
            TrainerProcess.endForerunner(earlier.resolve("process"), log);
            for (var name : List.of("output", "attempts.json")) {
                if (Files.exists(earlier.resolve(name)) && !Files.exists(work().resolve(name))) {
                    Files.move(earlier.resolve(name), work().resolve(name), StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
        Files.createDirectories(written());
    }

    private void prepare() throws IOException {
        var model = Files.createDirectories(work().resolve("model"));
        Checkpoint.place(task.checkpoint(), model, work(), ModelCopy.REFER);
        var config = model.resolve("config.json");
        new HuggingFaceFormat(Engine.TRANSFORMERS).writeInto(task.table(), config, config);
        new JsonFormat().write(task.table(), work().resolve("factors.json"));
    }

    private void run() throws IOException, InterruptedException {
        var command = task.command();
        var variables = variables();
        var environment = new TreeMap<String, String>();
        variables.forEach((variable, value) -> environment.put(variable.environment(), value));
        var words = command.words(variables);
        log.accept("runs " + String.join(" ", words));
        long start = System.nanoTime();
        OptionalInt exit;
        try {
            exit = new TrainerProcess(words, environment, work().resolve("process"), line -> log.accept("| " + line))
                    .run(command.timeout());
        } catch (InterruptedException e) {
            record("interrupted", start);
            throw e;
        }
        var outcome = exit.isPresent() ? "exit code " + exit.getAsInt() : "no end within " + command.timeout().toSeconds() + " s";
        double seconds = record(outcome, start);
        log.accept(String.format(Locale.ROOT, "%s after %.1f s", outcome, seconds));
        if (exit.isEmpty() || exit.getAsInt() != 0) {
            throw new CommandFailed(new Problem(task.name() + ": command", "must end with exit code 0", outcome,
                    "its output is in the log, its files in " + written() + "; running the job again calls it again").toString(), null);
        }
    }

    private Map<Variable, String> variables() {
        var settings = task.settings();
        var optimizer = settings.optimizer();
        var values = new EnumMap<Variable, String>(Variable.class);
        values.put(Variable.MODEL, path(work().resolve("model")));
        values.put(Variable.TABLE, path(work().resolve("factors.json")));
        values.put(Variable.LENGTH, Integer.toString(task.table().longest().length()));
        values.put(Variable.TRAIN_LENGTH, Integer.toString(task.trainLength()));
        values.put(Variable.STEPS, Integer.toString(settings.steps()));
        values.put(Variable.BATCH, Integer.toString(settings.batch()));
        values.put(Variable.MICRO_BATCH, Integer.toString(settings.microBatch()));
        values.put(Variable.LEARNING_RATE, Double.toString(optimizer.learningRate()));
        values.put(Variable.SCHEDULE, optimizer.schedule().name().toLowerCase(Locale.ROOT));
        values.put(Variable.WARMUP, Integer.toString(optimizer.warmup()));
        values.put(Variable.CLIP, Double.toString(optimizer.clip()));
        values.put(Variable.WEIGHT_DECAY, Double.toString(optimizer.weightDecay()));
        values.put(Variable.BETA1, Double.toString(optimizer.beta1()));
        values.put(Variable.BETA2, Double.toString(optimizer.beta2()));
        values.put(Variable.CHECKPOINT_EVERY, Integer.toString(settings.checkpointEvery()));
        // libraries seed with 32 bits
        values.put(Variable.SEED, Long.toString(settings.seed() & 0x7fff_ffffL));
        values.put(Variable.TEXT, path(task.text()));
        var start = checkpoint.startToken(task.startToken());
        values.put(Variable.START_TOKEN, start.isPresent() ? Integer.toString(start.getAsInt()) : "none");
        values.put(Variable.OUTPUT, path(written()));
        return values;
    }

    private static String path(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    private double record(String outcome, long start) throws IOException {
        double seconds = Math.round((System.nanoTime() - start) / 1e8) / 10.0;
        var attempts = new ArrayList<>(attempts());
        attempts.add(new Attempt(outcome, seconds));
        JSON.writeValue(work().resolve("attempts.json").toFile(), attempts);
        return seconds;
    }

    private List<Attempt> attempts() throws IOException {
        var file = work().resolve("attempts.json");
        return Files.exists(file) ? Json.mapper().readValue(file.toFile(), new TypeReference<List<Attempt>>() { }) : List.of();
    }

    private void check() {
        try {
            WrittenCheckpoint.requireTrained(written(), checkpoint);
        } catch (BadInput e) {
            var found = e.problems().get(0);
            throw new CommandFailed(new Problem(task.name() + ": what the command wrote, " + found.name(), found.rule(), found.found(),
                    "running the job again calls it again").toString(), e);
        }
    }

    /**
     * The checkpoint as the program wrote it, but with our table in its config.json and, where it wrote none, the tokenizer it started
     * from.
     */
    private void takeOver() throws IOException {
        Directories.replace(attempt.output(), part -> {
            CheckpointFiles.place(written(), part, work(), ModelCopy.COPY, name -> !name.equals("config.json"));
            checkpoint.writtenTokenizer().writeTo(part);
            new HuggingFaceFormat(Engine.TRANSFORMERS)
                    .writeInto(task.table(), written().resolve("config.json"), part.resolve("config.json"));
            var record = new LinkedHashMap<String, Object>();
            record.put("command", task.command().words());
            record.put("attempts", attempts());
            JSON.writeValue(part.resolve("training.json").toFile(), record);
        });
    }
}
