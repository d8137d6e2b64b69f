package io.longrope.progressive.doctor;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.AttentionTrial;
import io.longrope.evaluator.decoder.DecoderBenchmark;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.MemoryTrial;
import io.longrope.evaluator.session.Bytes;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.worker.KnownTask;
import io.longrope.progressive.report.PassCost;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** What a device computes, how fast, and whether it stays in order when its memory runs out. */
public final class DeviceDoctor {

    private static final int LONG_ON_A_GPU = 131_072;
    private static final int LONG_ON_A_CPU = 2048;
    private static final int REPEATS = 3;
    private static final double NEAR_IN_32_BITS = 1e-4;
    /** Entries of 16 bits have 8 of them for the fraction. */
    private static final double NEAR_IN_16_BITS = 2e-2;

    private final ModelSession session;
    private final ShippedFigures figures;
    private final LongSupplier nanoTime;

    /** @param figures which the device must come to */
    public DeviceDoctor(ModelSession session, ShippedFigures figures, LongSupplier nanoTime) {
        this.session = session;
        this.figures = figures;
        this.nanoTime = nanoTime;
    }

    /** Loads the engine, so the device must be there. */
    public List<Diagnosis> findings() throws InterruptedException {
        var findings = new ArrayList<Diagnosis>();
        findings.add(memory());
        for (var trial : List.of(new AttentionTrial(Precision.F32, 128, 0), new AttentionTrial(Precision.BF16, 64, 0),
                new AttentionTrial(Precision.BF16, 128, 0), new AttentionTrial(Precision.BF16, 128, 100))) {
            findings.add(attention(trial));
        }
        findings.addAll(figures.findings(session));
        findings.add(speed());
        findings.add(outOfMemory());
        return findings;
    }

    private Diagnosis memory() {
        var about = "memory of " + session.device();
        return Diagnosis.of(about, () -> Diagnosis.ok(about, Bytes.format(session.memory()) + " for models"));
    }

    private Diagnosis attention(AttentionTrial trial) {
        var about = "attention in " + trial.precision().name().toLowerCase(Locale.ROOT) + ", heads of " + trial.headWidth()
                + (trial.window() == 0 ? "" : ", window of " + trial.window());
        return Diagnosis.of(about, () -> {
            double difference = trial.difference(session.device());
            double near = trial.precision() == Precision.F32 ? NEAR_IN_32_BITS : NEAR_IN_16_BITS;
            var call = session.device().attention(trial.precision()).map(asked -> ", by "
                    + asked.taken(trial.precision(), trial.headWidth()).label()).orElse("");
            var found = String.format(Locale.ROOT, "at most %.2g beside the CPU's in f32%s", difference, call);
            return difference <= near ? Diagnosis.ok(about, found)
                    : Diagnosis.failed(about, found + String.format(Locale.ROOT, ", more than %.2g", near));
        });
    }

    /** One layer of Llama-2-7B's shape on a GPU, a smaller one on a CPU. */
    private Diagnosis speed() throws InterruptedException {
        boolean gpu = session.device().gpu().isPresent();
        int length = gpu ? LONG_ON_A_GPU : LONG_ON_A_CPU;
        var layer = gpu ? layer(4096, 11_008, 32, 32_000) : layer(512, 1408, 4, 8000);
        var precision = gpu ? Precision.BF16 : Precision.F32;
        var about = "one layer, " + Plural.of(length, "token");
        try (var reserved = session.reserve(MemoryPlan.of(session.device(), layer, precision,
                new ModelUse.Scoring(length, Attention.TRAINED)))) {
            return Diagnosis.of(about, () -> speed(about, layer, length, new DecoderOptions(reserved.device(), precision,
                    Arithmetic.USUAL_CHUNK, Runtime.getRuntime().availableProcessors())));
        } catch (BadInput e) {
            return Diagnosis.failed(about, e.getMessage());
        }
    }

    private Diagnosis speed(String about, ModelConfig layer, int length, DecoderOptions options) {
        try (var benchmark = new DecoderBenchmark(layer, options, nanoTime)) {
            double peak = benchmark.matrixPeak(REPEATS);
            double seconds = benchmark.seconds(length, 1);
            double speed = new PassCost(layer).operations(length) / seconds;
            return Diagnosis.ok(about, String.format(Locale.ROOT, "%.3g s in %s, %.3g TFLOP/s, %.0f %% of a matrix product's %.3g", seconds,
                    options.precision().name().toLowerCase(Locale.ROOT), speed / 1e12, 100 * speed / peak, peak / 1e12));
        }
    }

    private static ModelConfig layer(int width, int inner, int heads, int vocabulary) {
        return new ModelConfig("llama", vocabulary, width, inner, 1, heads, heads, 128, new RopeGeometry(128, 10_000, 4096),
                Optional.empty(), 4096, 1e-5, false, AttentionBias.NONE, OptionalInt.empty(), OptionalInt.empty());
    }

    private Diagnosis outOfMemory() {
        var about = "out of memory, and after it";
        return Diagnosis.of(about, () -> {
            var refusal = MemoryTrial.refusal(session.device());
            if (refusal.isEmpty()) {
                return Diagnosis.failed(about, "more than there is was asked for and not refused");
            }
            return new KnownTask(session).get()
                    .map(problem -> Diagnosis.failed(about, "refused (" + refusal.get() + "), but then " + problem))
                    .orElseGet(() -> Diagnosis.ok(about, "refused (" + refusal.get() + "), and a known task came out right after it"));
        });
    }
}
