package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.text.SampleSet;
import io.longrope.progressive.driver.LocalFiles;
import io.longrope.progressive.driver.LocalModel;
import io.longrope.progressive.driver.LocalScoring;
import io.longrope.progressive.report.PassCost;
import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleShare;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.IntFunction;

/** A checkpoint, a text, and how much of it. */
final class ScoringOptions {

    @Parameters(paramLabel = "MODEL", description = "A checkpoint directory, or its path below --models.")
    private String model;

    @Option(names = "--text", paramLabel = "PATH", defaultValue = "text/held-out/commons-io-sources.jar",
            description = "Text to score on, below --data: a file, an archive, a directory, a pattern (default: ${DEFAULT-VALUE}).")
    private String text;

    @Option(names = "--share", paramLabel = "SHARE", defaultValue = "report", description = "The third of the text samples come from:"
            + " search, selection or report, as in jobs (default: ${DEFAULT-VALUE}).")
    private SampleShare share;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "8", description = "Samples at each length (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "0", description = "Decides where samples begin (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--precision", paramLabel = "FORMAT", defaultValue = "f32", description = "f32, bf16 or f16 (default: ${DEFAULT-VALUE}).")
    private Precision precision;

    @Mixin
    private CopiesOptions copies;

    @Mixin
    private RootOptions roots;

    @Mixin
    private CacheOptions cache;

    /** Workers and a queue, as jobs score. */
    LocalScoring open(Main.Console console, int length) {
        new LocalFiles(roots.models(), roots.data()).checkText(text);
        int count = copies.count(length, cost(config()).scoring(length));
        return new LocalScoring(directory(), cache.samples(console, roots.data()), text, seed, count, copies.device(), precision, Clock.systemUTC());
    }

    /** @param needed memory of one copy at the longest length, which is given too */
    LocalModel openModel(String model, int length, PassCost.Memory needed) {
        return new LocalModel(Checkpoint.open(directory(model)), new DecoderOptions(copies.device(), precision), copies.count(length, needed));
    }

    /** MODEL as given. */
    String model() {
        return model;
    }

    private ModelConfig config() {
        return config(model);
    }

    ModelConfig config(String model) {
        return ModelConfig.read(directory(model).resolve("config.json"));
    }

    private PassCost cost(ModelConfig model) {
        return cost(model, Attention.TRAINED);
    }

    PassCost cost(ModelConfig model, Attention attention) {
        return new PassCost(model, precision, attention);
    }

    private Path directory() {
        return directory(model);
    }

    private Path directory(String model) {
        return Files.isDirectory(Path.of(model)) ? Path.of(model) : new LocalFiles(roots.models(), roots.data()).checkpointDirectory(model);
    }

    /** Cuts the samples of a length; the text is looked for when the first are cut. */
    IntFunction<SampleSet> cutter(Main.Console console, Checkpoint checkpoint) {
        var sets = cache.samples(console, roots.data());
        return length -> {
            new LocalFiles(roots.models(), roots.data()).checkText(text);
            return sets.cut(checkpoint.tokenizer(), checkpoint.config().bosTokenId(), text, share, samples, length, seed);
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

    Precision precision() {
        return precision;
    }
}
