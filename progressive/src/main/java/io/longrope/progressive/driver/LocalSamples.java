package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.progressive.stage.Samples;
import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;

/** Samples of one text, cut with a checkpoint's tokenizer, which fine-tuning does not change. */
public final class LocalSamples implements Samples, AutoCloseable {

    /** 2^64 / φ: spreads the seeds of draws, so that jobs with neighbouring seeds do not share samples. */
    private static final long DRAW_STRIDE = 0x9E3779B97F4A7C15L;

    private final SampleSets sets;
    private final Checkpoint checkpoint;
    private final Tokenizer tokenizer;
    private final String text;
    private final long seed;

    /**
     * @param text path below the root of the sets
     * @param seed decides where samples begin
     */
    public LocalSamples(Checkpoint checkpoint, SampleSets sets, String text, long seed) {
        this.sets = sets;
        this.checkpoint = checkpoint;
        this.tokenizer = Tokenizer.of(checkpoint.directory(), checkpoint.config().vocabSize());
        this.text = text;
        this.seed = seed;
    }

    @Override
    public SampleReference cut(SampleShare share, int count, int length, int draw) {
        return sets.cut(tokenizer, checkpoint.startToken(), text, share, count, length, seed + DRAW_STRIDE * draw).reference();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
