package io.longrope.evaluator.worker;

import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.ScoreTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A change of the decoder that changes bits must raise {@link Arithmetic#VERSION}, or results measured before and after it would be
 * compared with each other. Then measure the bits below anew: once as it is, once with each value of libtorch's environment variable
 * ATEN_CPU_CAPABILITY, and on an Intel processor also with MKL_ENABLE_INSTRUCTIONS=AVX2.
 */
class ArithmeticVersionTest {

    private static final int VERSION = 2;
    /**
     * The exact loss by the instructions libtorch finds, and by those of its matrix products, which come from a library (MKL) that tells
     * Intel's processors from others: sums of wider vectors are added in another order.
     */
    private static final Map<String, Double> LOSSES = Map.of(
            "default", 0x1.8f27d4bea3678p2,
            "avx2", 0x1.8f27d4b931057p2,
            "avx512", 0x1.8f27d4b3bea36p2,
            "default, products in avx2", 0x1.8f27d4d46cefbp2,
            "avx2 or avx512, products in avx2", 0x1.8f27d51b3bea3p2,
            "avx2, products in avx512", 0x1.8f27d4df51b3cp2,
            "avx512, products in avx512", 0x1.8f27d4e4c415dp2);

    @Test
    void bitsChangeOnlyWithTheVersion(@TempDir Path directory) throws Exception {
        var files = new WorkerFiles(directory);
        try (var session = WorkerFiles.session()) {
            var task = ScoreTask.whole(files.model, files.sample(0, 48), Objective.PERPLEXITY,
                    new Candidate(RescaleFactors.of(1, 1.5, 2, 2), 4, 1.1), WorkerFiles.ARITHMETIC);
            var loss = ((Outcome.Loss) files.runner(session).run(task).outcome()).nats();
            assertThat(Arithmetic.VERSION).isEqualTo(VERSION);
            assertThat(LOSSES.values()).as("loss %s: raise Arithmetic.VERSION, or add what this kind of processor computes",
                    Double.toHexString(loss)).contains(loss);
        }
    }
}
