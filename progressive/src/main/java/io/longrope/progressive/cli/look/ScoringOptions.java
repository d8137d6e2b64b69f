package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.session.ModelPlan;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSet;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.cli.option.CacheOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.RootOptions;
import io.longrope.progressive.local.LocalFiles;
import io.longrope.progressive.local.LocalWork;
import io.longrope.progressive.local.Measurements;
import io.longrope.progressive.stage.Scoring;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.SampleShare;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Clock;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** A checkpoint, a text, and how much of it. */
final class ScoringOptions {

    static final String PRECISION = "f32, bf16 or f16, on every device (default: that of the checkpoint's own weights).";

    @Parameters(paramLabel = "MODEL", description = "A checkpoint directory or GGUF file, or its path below --models.")
    private String model;

    @Option(names = "--text", paramLabel = "PATH", defaultValue = "text/held-out/commons-io-sources.jar",
            description = "Text to score on, below --data: a file, an archive, a directory, a pattern (default: ${DEFAULT-VALUE}).")
    private String text;

    @Option(names = "--share", paramLabel = "SHARE", defaultValue = "report", description = "The third of the text samples come from:"
            + " search, selection or report, as in jobs (default: ${DEFAULT-VALUE}).")
    private SampleShare share;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "8", description = "Samples at each length (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "0",
            description = "Decides where samples begin (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--precision", paramLabel = "FORMAT", description = PRECISION)
    private Precision precision;

    @Mixin
    private CopiesOptions copies;

    @Mixin
    private RootOptions roots;

    @Mixin
    private CacheOptions cache;

    /** Workers and a queue, as jobs score. */
    LocalWork open(Console console, int length) {
        new LocalFiles(roots.models(), roots.data()).checkText(text);
        var session = copies.session();
        int count = copies.count(session, plan(config(model), new ModelUse.Scoring(length, Attention.TRAINED)));
        var setting = copies.setting(directory(model), cache.book(console, roots.data()), roots.data(), session);
        return new LocalWork(new LocalWork.Subject(directory(model), text, seed, precision()), count, setting, new ResultBook(),
                Scoring.ScoreListener.NONE, Clock.systemUTC());
    }

    /** Closed by the caller. */
    ModelSession session() {
        return copies.session();
    }

    /**
     * As many trials of a checkpoint side by side as fit, each with its share of the cores.
     *
     * @param plan of one of them
     */
    Measurements measurements(ModelSession session, Path checkpoint, ModelPlan plan) {
        int count = copies.count(session, plan);
        int threads = Math.max(1, Machine.cores() / count);
        return new Measurements(session, checkpoint, new Arithmetic(precision(), Arithmetic.USUAL_CHUNK, threads), count);
    }

    /** MODEL as given. */
    String model() {
        return model;
    }

    ModelConfig config(String model) {
        return Checkpoint.config(directory(model));
    }

    ModelPlan plan(ModelConfig model, ModelUse use) {
        return copies.plan(model, precision(), use);
    }

    Path directory(String model) {
        return Checkpoint.isAt(Path.of(model)) ? Path.of(model) : new LocalFiles(roots.models(), roots.data()).checkpoint(model);
    }

    /** Cuts the samples of a length; the text is looked for when the first are cut. */
    IntFunction<SampleSet> cutter(Console console, Checkpoint checkpoint, OptionalInt startToken) {
        var sets = cache.samples(console, roots.data());
        return length -> {
            new LocalFiles(roots.models(), roots.data()).checkText(text);
            return sets.cut(checkpoint.tokenizer(), startToken, text, share, samples, length, seed);
        };
    }

    String text() {
        return text;
    }

    SampleShare share() {
        return share;
    }

    int samples() {
        return samples;
    }

    long seed() {
        return seed;
    }

    /** Of MODEL, and of whatever it is compared with. */
    Precision precision() {
        return precision == null ? Checkpoint.precision(directory(model)) : precision;
    }
}
