package io.longrope.progressive.stage;

import io.longrope.search.evolution.SampleLosses;
import io.longrope.search.evolution.Trial;
import io.longrope.search.work.Sample;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** The losses of a search's trials, measured by workers. */
public final class TrialLosses implements SampleLosses {

    private final Scoring scoring;
    private final StageModel model;
    private final IntFunction<List<Sample>> samples;
    private final int count;

    /** @param samples by {@link Trial#draw()}, all as many */
    public TrialLosses(Scoring scoring, StageModel model, IntFunction<List<Sample>> samples) {
        this.scoring = scoring;
        this.model = model;
        this.samples = samples;
        count = samples.apply(0).size();
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public CompletableFuture<Part> measure(Trial trial, int from, int to) {
        var part = samples.apply(trial.draw()).subList(from, to);
        var asking = trial.gradient() ? scoring.withSlopes() : scoring;
        var asked = from == 0 ? asking.ask(model, part, trial.candidate()) : asking.askPart(model, part, trial.candidate());
        return asked.thenApply(evaluation -> new Part(evaluation.sampleLosses(), evaluation.tokens(), evaluation.slopes()));
    }
}
