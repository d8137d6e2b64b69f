package io.longrope.evaluator.training;

import io.longrope.search.problem.Require;

import java.nio.file.Path;

/**
 * Text whose loss is measured while training. Samples are as long as the training sequences, at positions from 0 on, and
 * come from the selection share of the text only, so that what is reported in the end stays unseen.
 *
 * @param text    see {@link io.longrope.evaluator.text.Corpus}; never trained on
 * @param samples how many, at least 1
 * @param every   steps between measurements, at least 1; the last step is always measured
 */
public record HeldOut(Path text, int samples, int every) {

    public HeldOut {
        Require.present(text, "held-out");
        Require.atLeast(1, samples, "held-out-samples");
        Require.atLeast(1, every, "held-out-every");
    }
}
