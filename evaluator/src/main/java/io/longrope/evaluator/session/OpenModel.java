package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.FactorSlopes;
import io.longrope.evaluator.decoder.LanguageModel;
import io.longrope.search.space.Candidate;

/** A checkpoint in memory for one use. Several threads may ask it at once; closing gives back the memory of the use. */
public final class OpenModel implements AutoCloseable {

    private final Checkpoint checkpoint;
    private final LanguageModel model;
    private Runnable closing;

    OpenModel(Checkpoint checkpoint, LanguageModel model, Runnable closing) {
        this.checkpoint = checkpoint;
        this.model = model;
        this.closing = closing;
    }

    /** Belongs to the session, its tokenizer too. */
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /** As {@link LanguageModel#losses}. */
    public float[] losses(int[] tokens, Candidate candidate, Attention attention) {
        return model.losses(tokens, candidate, attention);
    }

    /** As {@link LanguageModel#slopes}. */
    public FactorSlopes slopes(int[] tokens, Candidate candidate) {
        return model.slopes(tokens, candidate);
    }

    /** As {@link LanguageModel#generate}. */
    public int[] generate(int[] prompt, int count, Candidate candidate, Attention attention) {
        return model.generate(prompt, count, candidate, attention);
    }

    @Override
    public synchronized void close() {
        closing.run();
        closing = () -> { };
    }
}
