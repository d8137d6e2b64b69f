package io.longrope.progressive.driver;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointFiles;
import io.longrope.evaluator.checkpoint.ModelCopy;
import io.longrope.progressive.stage.ExternalTask;
import io.longrope.search.json.Json;
import io.longrope.search.training.TrainingCommand.Variable;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.table.Engine;
import io.longrope.search.table.HuggingFaceFormat;
import io.longrope.search.table.JsonFormat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * Has a program of the user's train a checkpoint. Its working files lie in {@code OUTPUT.training} until what it wrote
 * has been checked and taken over:
 * <pre>{@code
 * model/         what it starts from, with the table in config.json
 * factors.json   the table
 * output/        what it writes; kept when it fails, so that it can go on there
 * attempts.json  exit codes and times; part of the checkpoint in the end, as training.json
 * }</pre>
 */
final class ExternalTrainer {

    private static final ObjectWriter JSON = Json.mapper().writerWithDefaultPrettyPrinter();

    private final ExternalTask task;
    private final Consumer<String> log;
    private final Path work;

    /** One run of the program. */
    private record Attempt(String outcome, double seconds) {
    }

    ExternalTrainer(ExternalTask task, Consumer<String> log) {
        this.task = task;
        this.log = log;
        this.work = task.output().resolveSibling(task.output().getFileName() + ".training");
    }

    void train() throws IOException, InterruptedException {
        Files.createDirectories(written());
        prepare();
        run();
        check();
        takeOver();
        CheckpointTree.delete(work);
    }

    private Path written() {
        return work.resolve("output");
    }

    private void prepare() throws IOException {
        var model = Files.createDirectories(work.resolve("model"));
        CheckpointFiles.place(task.checkpoint(), model, work, ModelCopy.REFER, name -> !name.equals("config.json"));
        new HuggingFaceFormat(Engine.TRANSFORMERS).writeInto(task.table(), task.checkpoint().resolve("config.json"), model.resolve("config.json"));
        new JsonFormat().write(task.table(), work.resolve("factors.json"));
    }

    private void run() throws IOException, InterruptedException {
        var command = task.plan().command().orElseThrow();
        var variables = variables();
        var environment = new TreeMap<String, String>();
        variables.forEach((variable, value) -> environment.put(variable.environment(), value));
        var words = command.words(variables);
        log.accept("runs " + String.join(" ", words));
        long start = System.nanoTime();
        OptionalInt exit;
        try {
            exit = new TrainerProcess(words, environment, work.resolve("process"), line -> log.accept("| " + line)).run(command.timeout());
        } catch (InterruptedException e) {
            record("interrupted", start);
            throw e;
        }
        var outcome = exit.isPresent() ? "exit code " + exit.getAsInt() : "no end within " + command.timeout().toSeconds() + " s";
        double seconds = record(outcome, start);
        log.accept(String.format(Locale.ROOT, "%s after %.1f s", outcome, seconds));
        if (exit.isEmpty() || exit.getAsInt() != 0) {
            throw new BadInput(task.plan().name() + ": command", "must end with exit code 0", outcome,
                    "its output is in the log, its files in " + written() + "; running the job again calls it again");
        }
    }

    private Map<Variable, String> variables() {
        var plan = task.plan();
        var values = new EnumMap<Variable, String>(Variable.class);
        values.put(Variable.MODEL, path(work.resolve("model")));
        values.put(Variable.TABLE, path(work.resolve("factors.json")));
        values.put(Variable.LENGTH, Integer.toString(plan.length()));
        values.put(Variable.TRAIN_LENGTH, Integer.toString(plan.trainLength()));
        values.put(Variable.STEPS, Integer.toString(plan.steps()));
        values.put(Variable.BATCH, Integer.toString(plan.batch()));
        values.put(Variable.MICRO_BATCH, Integer.toString(plan.microBatch()));
        values.put(Variable.LEARNING_RATE, Double.toString(plan.learningRate()));
        values.put(Variable.SCHEDULE, plan.schedule().name().toLowerCase(Locale.ROOT));
        values.put(Variable.WARMUP, Integer.toString(plan.warmup()));
        values.put(Variable.CLIP, Double.toString(plan.clip()));
        values.put(Variable.WEIGHT_DECAY, Double.toString(plan.weightDecay()));
        values.put(Variable.BETA1, Double.toString(plan.beta1()));
        values.put(Variable.BETA2, Double.toString(plan.beta2()));
        values.put(Variable.CHECKPOINT_EVERY, Integer.toString(plan.checkpointEvery()));
        // libraries seed with 32 bits
        values.put(Variable.SEED, Long.toString(task.seed() & 0x7fff_ffffL));
        values.put(Variable.TEXT, path(task.text()));
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
        JSON.writeValue(work.resolve("attempts.json").toFile(), attempts);
        return seconds;
    }

    private List<Attempt> attempts() throws IOException {
        var file = work.resolve("attempts.json");
        return Files.exists(file) ? Json.mapper().readValue(file.toFile(), new TypeReference<List<Attempt>>() { }) : List.of();
    }

    private void check() {
        try {
            CheckpointTree.requireTrained(written(), Checkpoint.open(task.checkpoint()));
        } catch (BadInput e) {
            throw new BadInput(e.problems().stream().map(problem -> new Problem(task.plan().name() + ": what the command wrote, " + problem.name(),
                    problem.rule(), problem.found(), "running the job again calls it again")).toList());
        }
    }

    /** The checkpoint as the program wrote it, but with our table in its config.json and, where it wrote none, the tokenizer it started from. */
    private void takeOver() throws IOException {
        var part = task.output().resolveSibling(task.output().getFileName() + ".part");
        CheckpointTree.delete(part);
        Files.createDirectories(part);
        CheckpointFiles.place(written(), part, work, ModelCopy.COPY, name -> !name.equals("config.json"));
        CheckpointFiles.place(task.checkpoint(), part, work, ModelCopy.COPY, name -> name.contains("token") || name.equals("vocab.json") || name.equals("merges.txt"));
        new HuggingFaceFormat(Engine.TRANSFORMERS).writeInto(task.table(), written().resolve("config.json"), part.resolve("config.json"));
        var record = new LinkedHashMap<String, Object>();
        record.put("command", task.plan().command().orElseThrow().words());
        record.put("attempts", attempts());
        JSON.writeValue(part.resolve("training.json").toFile(), record);
        Files.move(part, task.output());
    }
}
