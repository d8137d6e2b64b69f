package io.longrope.progressive.cli;

import io.longrope.search.training.AdamW;
import io.longrope.search.training.Schedule;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Precision;
import io.longrope.search.problem.BadInput;
import org.slf4j.Logger;
import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How training goes; the defaults are those of LongRoPE's fine-tuning (§4.1), but for the number of sequences. */
final class TrainingOptions {

    private static final int LINES = 40;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "400", description = "Optimizer steps (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "8", description = "Sequences per step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--micro-batch", paramLabel = "N", defaultValue = "1", description = "Sequences per thread at a time; more of them are summed, not held"
            + " (default: ${DEFAULT-VALUE}).")
    private int microBatch;

    @Option(names = "--learning-rate", paramLabel = "RATE", defaultValue = "2e-5", description = "Peak learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--schedule", paramLabel = "NAME", defaultValue = "linear", description = "constant, linear (to 0) or cosine (to a tenth) after the warm-up"
            + " (default: ${DEFAULT-VALUE}).")
    private Schedule schedule;

    @Option(names = "--warmup", paramLabel = "STEPS", defaultValue = "0", description = "Warm-up steps (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Option(names = "--clip", paramLabel = "NORM", defaultValue = "1", description = "Largest global norm of the gradient (default: ${DEFAULT-VALUE}).")
    private double clip;

    @Option(names = "--weight-decay", paramLabel = "RATE", defaultValue = "0", description = "Decoupled decay of matrices (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(names = "--beta1", paramLabel = "B", defaultValue = "0.9", description = "AdamW's decay of the first moment (default: ${DEFAULT-VALUE}).")
    private double beta1;

    @Option(names = "--beta2", paramLabel = "B", defaultValue = "0.999", description = "AdamW's decay of the second moment (default: ${DEFAULT-VALUE}).")
    private double beta2;

    @Option(names = "--precision", paramLabel = "FORMAT", defaultValue = "f32", description = "f32, or bf16 with master weights in f32 (default: ${DEFAULT-VALUE}).")
    private Precision precision;

    @Option(names = "--recompute", description = "Gradient checkpointing: keep the inputs of layers only and compute each layer again. Less memory, more time.")
    private boolean recompute;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "0", description = "Decides the order of the text and all else that is drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--checkpoint-every", paramLabel = "STEPS", defaultValue = "50", description = "Steps between states to go on from (default: ${DEFAULT-VALUE}).")
    private int checkpointEvery;

    /** @throws BadInput when there is something where the result is to be written */
    static void requireNew(Path output) {
        if (Files.exists(output)) {
            throw new BadInput("--output", "must not exist", output, "name another directory or remove it");
        }
    }

    /** @throws BadInput when a setting is out of its range, or the warm-up longer than the run */
    TrainingSettings settings() {
        return settings(warmup);
    }

    /** As {@link #settings()}, but a run shorter than its warm-up is all warm-up. */
    TrainingSettings settingsOfAnyLength() {
        return settings(Math.min(warmup, steps));
    }

    private TrainingSettings settings(int warmup) {
        var optimizer = new AdamW(learningRate, schedule, warmup, clip, weightDecay, beta1, beta2);
        return new TrainingSettings(steps, batch, microBatch, optimizer, precision, recompute, seed, checkpointEvery);
    }

    /** Logs about {@value #LINES} lines over the whole run, and every held-out loss. */
    TrainingListener progress(Logger logger) {
        int every = Math.max(1, steps / LINES);
        return new TrainingListener() {
            private int told;

            @Override
            public void onStep(int step, double loss, double gradientNorm, double learningRate, long tokens) {
                if (told == 0 && step > 1) {
                    logger.info("continued after step {}", step - 1);
                }
                told = step;
                if (step == 1 || step % every == 0 || step == steps) {
                    logger.info(String.format(Locale.ROOT, "step %d/%d · loss %.4f · gradient norm %.2f · learning rate %.1e", step, steps, loss, gradientNorm, learningRate));
                }
            }

            @Override
            public void onHeldOut(int step, double loss) {
                logger.info(String.format(Locale.ROOT, "step %d/%d · held-out loss %.4f · perplexity %.3f", step, steps, loss, Math.exp(loss)));
            }
        };
    }
}
