package io.longrope.progressive.doctor;

import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.metric.Perplexity;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.search.problem.BadInput;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The loss of the checkpoint java-1m, which this project ships, on tokens 37 i mod 256, i below 256: as transformers 5.24 finds it on a CPU
 * and as our CPU does.
 *
 * @param model the checkpoint's directory
 */
public record ShippedFigures(Path model) {

    private static final int LENGTH = 256;
    private static final List<Frozen> FROZEN = List.of(new Frozen(Precision.F32, 8.683735, 1e-4),
            new Frozen(Precision.BF16, 8.676697, 2e-2));

    /**
     * In nats.
     *
     * @param near how far a device that rounds otherwise may be from it; in bf16 transformers itself is 0.007 beside its own f32
     */
    private record Frozen(Precision precision, double loss, double near) {
    }

    /** In each precision. */
    List<Diagnosis> findings(ModelSession session) throws InterruptedException {
        var findings = new ArrayList<Diagnosis>();
        for (var frozen : FROZEN) {
            findings.add(finding(session, frozen));
        }
        return findings;
    }

    private Diagnosis finding(ModelSession session, Frozen frozen) throws InterruptedException {
        var about = "figures of " + model.getFileName() + " in " + frozen.precision.name().toLowerCase(Locale.ROOT);
        try {
            double found = loss(session, frozen.precision);
            double onCpu = session.device().equals(Device.CPU) ? found : onCpu(frozen.precision);
            var text = String.format(Locale.ROOT, "loss %.6f, frozen from transformers %.6f, of the CPU %.6f; at most %.1g may lie between",
                    found, frozen.loss, onCpu, frozen.near);
            boolean near = Math.abs(found - frozen.loss) <= frozen.near && Math.abs(found - onCpu) <= frozen.near;
            return near ? Diagnosis.ok(about, text) : Diagnosis.failed(about, text);
        } catch (BadInput e) {
            return Diagnosis.failed(about, e.getMessage());
        } catch (RuntimeException e) {
            return Diagnosis.failed(about, e.toString().lines().findFirst().orElse(""));
        }
    }

    private double onCpu(Precision precision) throws InterruptedException {
        try (var session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL)) {
            return loss(session, precision);
        }
    }

    private double loss(ModelSession session, Precision precision) throws InterruptedException {
        var tokens = IntStream.range(0, LENGTH).map(i -> i * 37 % 256).toArray();
        try (var open = session.open(model, Optional.empty(), new Arithmetic(precision, Arithmetic.USUAL_CHUNK, 1),
                new ModelUse.Scoring(LENGTH, Attention.TRAINED))) {
            var original = Candidate.original(open.checkpoint().config().rope().pairs());
            return Perplexity.meanLoss(sequence -> open.losses(sequence, original, Attention.TRAINED), tokens);
        }
    }
}
