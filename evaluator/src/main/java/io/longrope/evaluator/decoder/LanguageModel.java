package io.longrope.evaluator.decoder;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.space.Candidate;

/** A model in memory, ready for any candidate. Several threads may ask it at once; the weights are there once. */
public interface LanguageModel extends AutoCloseable {

    ModelConfig config();

    /**
     * Next-token losses.
     *
     * @param tokens n ids, at least 2, each below the vocabulary size
     * @return n − 1 losses in nats: entry t is that of token t + 1 given tokens 0..t
     * @throws java.util.concurrent.CancellationException when the thread is interrupted between two layers; it stays interrupted
     */
    float[] losses(int[] tokens, Candidate candidate, Attention attention);

    /**
     * The mean of these losses and its derivatives by the rescale factors. The loss is found by the training script, so its last bits
     * may be others.
     *
     * @param candidate whose factors are the same for all layers
     * @throws io.longrope.search.problem.BadInput             when the model has other blocks than the trainer knows
     * @throws java.util.concurrent.CancellationException as {@link #losses}
     */
    FactorSlopes slopes(int[] tokens, Candidate candidate);

    /**
     * Continues a sequence with the likeliest token, again and again.
     *
     * @param prompt at least 1 id
     * @param count  tokens to add, at least 1
     * @return the ids added: {@code count}, or fewer when the last one ends the text
     */
    int[] generate(int[] prompt, int count, Candidate candidate, Attention attention);

    /**
     * The same weights, used with another chunk and another number of threads. Only the model first loaded is to be closed.
     *
     * @param chunk   rows in memory at a time, at least 1
     * @param threads CPU threads inside one operation, at least 1
     */
    LanguageModel with(int chunk, int threads);

    @Override
    void close();
}
