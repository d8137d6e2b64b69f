package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.FactorSlopes;
import io.longrope.evaluator.decoder.LanguageModel;
import io.longrope.search.space.Candidate;

/** Losses as a test wishes, from no weights. */
final class FakeModel implements LanguageModel {

    interface Losses {

        float[] of(int[] tokens, Candidate candidate);
    }

    private final ModelConfig config;
    private final Losses losses;

    FakeModel(ModelConfig config, Losses losses) {
        this.config = config;
        this.losses = losses;
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public float[] losses(int[] tokens, Candidate candidate, Attention attention) {
        return losses.of(tokens, candidate);
    }

    @Override
    public FactorSlopes slopes(int[] tokens, Candidate candidate) {
        throw new UnsupportedOperationException("this fake has no slopes");
    }

    @Override
    public int[] generate(int[] prompt, int count, Candidate candidate, Attention attention) {
        throw new UnsupportedOperationException("this fake does not generate");
    }

    @Override
    public LanguageModel with(int chunk, int threads) {
        return this;
    }

    @Override
    public void close() {
    }
}
