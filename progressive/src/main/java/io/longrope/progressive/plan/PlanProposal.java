package io.longrope.progressive.plan;

import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.progressive.report.DeviceModel;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.WorkSharing;
import io.longrope.search.work.Precision;
import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The stages that extend a model to a target, after LongRoPE (arXiv 2402.13753, §3.3, §4.1): without fine-tuning up to 8
 * times the window; else fine-tuned at half a length and at the length, at most 64 times the window, and from there on
 * by a second search on multipliers; short windows searched again in the end.
 *
 * @param config    the model
 * @param original  window it was trained with, in tokens
 * @param target    window wanted
 * @param device    what it is to run on
 * @param memory    bytes of the device
 * @param algorithm of the searches
 * @param workers   that are to work on it, at least 1
 */
public record PlanProposal(ModelConfig config, int original, int target, DeviceModel device, long memory, String algorithm, int workers) {

    /** That a candidate is scored on, the paper's number. */
    static final int SAMPLES = 5;

    /** Ratio that a search alone reaches (figure 3). */
    private static final int WITHOUT_TUNING = 8;
    /** Ratio that is fine-tuned for at most (256k of 4k). */
    private static final int TUNED = 64;
    /** From this ratio on, half the length is fine-tuned first (128k before 256k). */
    private static final int IN_TWO_STEPS = 32;
    private static final int FIRST_STEPS = 400;
    private static final int SECOND_STEPS = 600;
    private static final int LONG = 512 * 1024;
    private static final int SHORT_TRAINING = 16 * 1024;
    private static final long SMALL_MODEL = 100_000_000;

    public PlanProposal {
        Require.atLeast(2, original, "original-length");
        Require.that(target > original, "--target", "must be above the window the model was trained with, " + original, target,
                "--original-length states another window");
        Require.that((double) target / original <= TUNED * TUNED, "--target", "must be at most " + TUNED * TUNED + " times " + original,
                target);
        Require.atLeast(1, workers, "--workers");
    }

    /** A search. */
    public record Search(int length, boolean onBase, boolean multipliers) {

        /** Evaluations cost most here: the paper halves every count and takes three samples. */
        public boolean isLong() {
            return length > LONG;
        }
    }

    /** A fine-tune. */
    public record Tune(int length, int trainLength, int steps, int batch, double learningRate, boolean recompute, boolean external) {
    }

    public double ratio() {
        return (double) target / original;
    }

    public boolean isTuned() {
        return ratio() > WITHOUT_TUNING;
    }

    public Precision precision() {
        return device == DeviceModel.CPU ? Precision.F32 : Precision.BF16;
    }

    /** How a search keeps the workers busy. */
    public WorkSharing sharing() {
        return WorkSharing.of(SearchAlgorithms.named(algorithm), workers, SAMPLES);
    }

    /** Lengths searched on the base model. */
    public List<Search> baseSearches() {
        return (isTuned() ? tunedLengths() : List.of(target)).stream().map(length -> new Search(length, true, false)).toList();
    }

    public List<Tune> tunes() {
        var tunes = new ArrayList<Tune>();
        if (isTuned()) {
            for (int length : tunedLengths()) {
                tunes.add(new Tune(length, trainLength(length), tunes.isEmpty() ? FIRST_STEPS : SECOND_STEPS, 32,
                        config.parameters() < SMALL_MODEL ? 3e-4 : 2e-5,
                        !isExternal() && trainingBytes(trainLength(length), false) > memory, isExternal()));
            }
        }
        return tunes;
    }

    /** On the fine-tuned model: doubling to the target. */
    public List<Search> multiplierSearches() {
        var searches = new ArrayList<Search>();
        if (isTuned()) {
            for (long length = 2L * tunedLength(); length < target; length *= 2) {
                searches.add(new Search((int) length, false, true));
            }
            if (target > tunedLength()) {
                searches.add(new Search(target, false, true));
            }
        }
        return searches;
    }

    /** Short windows searched again; none where the model itself is not changed. */
    public List<Integer> recoveries() {
        return isTuned() ? List.of(original, 2 * original) : List.of();
    }

    /** By powers of two from the original window to the target. */
    public List<Integer> reportLengths() {
        var lengths = new ArrayList<Integer>();
        for (long length = original; length < target; length *= 2) {
            lengths.add((int) length);
        }
        lengths.add(target);
        return lengths;
    }

    /** True when the built-in trainer cannot hold the model on the device, or does not know its blocks. */
    public boolean isExternal() {
        boolean windowed = config.windows().stream().anyMatch(window -> window > 0 && window < SHORT_TRAINING);
        return !config.variant().equals(BlockVariant.LLAMA) || windowed || trainingBytes(SHORT_TRAINING, true) > memory;
    }

    /** The recipe of YaRN and of LongRoPE's Mistral where whole sequences would not fit. */
    private int trainLength(int length) {
        int shortest = Math.max(2 * original, SHORT_TRAINING);
        return isExternal() || trainingBytes(length, true) > memory ? Math.min(length, shortest) : length;
    }

    /** All weights trained in 32 bits. */
    private long trainingBytes(int length, boolean recompute) {
        return MemoryPlan.of(device.place(), config, Precision.F32,
                new ModelUse.Training(length, 1, 1, recompute, Optional.empty())).total();
    }

    private List<Integer> tunedLengths() {
        int length = tunedLength();
        return (double) length / original >= IN_TWO_STEPS ? List.of(length / 2, length) : List.of(length);
    }

    /** A second search stretches by 8 more, or by what is left over beyond 64. */
    private int tunedLength() {
        if (ratio() <= TUNED) {
            return target;
        }
        return (int) Math.min((long) TUNED * original, target / WITHOUT_TUNING);
    }
}
