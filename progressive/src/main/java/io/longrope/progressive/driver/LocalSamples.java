package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.progressive.stage.Samples;
import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;

import java.nio.file.Path;

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
     * @param data root of texts
     * @param text path below it
     * @param seed decides where samples begin
     */
    public LocalSamples(Checkpoint checkpoint, Path data, String text, long seed) {
        this.sets = new SampleSets(Root.of(data, "--data"));
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
