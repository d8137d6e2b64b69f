package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.SampleSet;
import io.longrope.evaluator.text.Tokenizer;

import java.util.List;
import java.util.OptionalInt;

/**
 * A number hidden in each sample; only its repetition at the end is scored.
 *
 * @param startToken what the samples begin with
 * @param depth      where in the sample the number lies, 0 at its beginning, 1 at its end
 */
public record NeedlePerplexity(SampleSet samples, Tokenizer tokenizer, OptionalInt startToken, double depth) implements Metric {

    /**
     * Where the number of a sample lies when samples differ in that: 0, 1/2, 1/4, 3/4, 1/8, … (van der Corput), so that any
     * count of them covers the text and a smaller count is the beginning of a greater one. The paper hides it at the
     * beginning (appendix C), its released generator at ten depths.
     */
    public static double spread(int sample) {
        return (Integer.reverse(sample) & 0xFFFFFFFFL) * 0x1p-32;
    }

    @Override
    public String protocol() {
        return "needle perplexity (LongRoPE2), exp of the mean over samples of the mean loss of the answer's tokens";
    }

    @Override
    public int trials() {
        return samples.count();
    }

    @Override
    public Double measure(Subject subject, int trial) {
        return meanLoss(subject, trial);
    }

    /** Mean loss of the answer hidden in a sample, in nats. */
    public double meanLoss(TokenLosses model, int sample) {
        return NeedlePrompt.of(tokenizer, startToken, samples.text(sample, startToken), samples.length(), depth,
                samples.seed() + sample).meanLoss(model);
    }

    @Override
    public double figure(List<Double> measured) {
        return Metric.perplexity(measured);
    }
}
