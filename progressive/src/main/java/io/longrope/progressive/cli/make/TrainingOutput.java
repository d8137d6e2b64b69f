package io.longrope.progressive.cli.make;

import io.longrope.evaluator.training.TrainingListener;
import io.longrope.search.problem.BadInput;
import org.slf4j.Logger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Where a training writes, and the lines it logs on the way. */
final class TrainingOutput {

    private static final int LINES = 40;

    private TrainingOutput() {
    }

    /** @throws BadInput when there is something where the result is to be written */
    static void requireNew(Path output) {
        if (Files.exists(output)) {
            throw new BadInput("--output", "must not exist", output, "name another directory or remove it");
        }
    }

    /** Logs about {@value #LINES} lines over the whole run, and every held-out loss. */
    static TrainingListener progress(Logger logger, int steps) {
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
                    logger.info(String.format(Locale.ROOT, "step %d/%d · loss %.4f · gradient norm %.2f · learning rate %.1e", step, steps,
                            loss, gradientNorm, learningRate));
                }
            }

            @Override
            public void onHeldOut(int step, double loss) {
                logger.info(String.format(Locale.ROOT, "step %d/%d · held-out loss %.4f · perplexity %.3f", step, steps, loss,
                        Math.exp(loss)));
            }
        };
    }
}
