package io.longrope.progressive.stage;

import io.longrope.search.evolution.SampleLosses;
import io.longrope.search.evolution.Trial;
import io.longrope.search.work.Sample;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** The losses of a search's trials, measured by workers. */
public final class TrialLosses implements SampleLosses {

    private final Scoring scoring;
    private final StageModel model;
    private final IntFunction<List<Sample>> samples;
    private final TokensByLength tokens;
    private final int count;

    /**
     * @param samples by {@link Trial#draw()}, all as many; those of a ladder's steps first
     * @param tokens  what is run through the model is added to it
     */
    public TrialLosses(Scoring scoring, StageModel model, IntFunction<List<Sample>> samples, TokensByLength tokens) {
        this.scoring = scoring;
        this.model = model;
        this.samples = samples;
        this.tokens = tokens;
        count = samples.apply(0).size();
    }

    @Override
    public int count() {
        return count;
    }

    /** Samples of one length are an evaluation; all are asked for at once. */
    @Override
    public CompletableFuture<Part> measure(Trial trial, int from, int to) {
        var wanted = samples.apply(trial.draw()).subList(0, to);
        var ends = new ArrayList<Integer>();
        var asked = new ArrayList<CompletableFuture<Part>>();
        for (int begin = from; begin < to; begin = ends.get(ends.size() - 1)) {
            ends.add(endOfLength(wanted, begin));
            asked.add(ask(trial, wanted.subList(begin, ends.get(ends.size() - 1)), begin == 0));
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(all -> joined(asked, from, ends));
    }

    private static int endOfLength(List<Sample> samples, int begin) {
        int end = begin + 1;
        while (end < samples.size() && samples.get(end).length() == samples.get(begin).length()) {
            end++;
        }
        return end;
    }

    private CompletableFuture<Part> ask(Trial trial, List<Sample> part, boolean isFirst) {
        var asking = trial.gradient() ? scoring.withSlopes() : scoring;
        var asked = isFirst ? asking.ask(model, part, trial.candidate()) : asking.askPart(model, part, trial.candidate());
        return asked.thenApply(evaluation -> {
            tokens.add(part.get(0).length(), evaluation.tokens());
            return new Part(evaluation.sampleLosses(), evaluation.tokens(), evaluation.slopes());
        });
    }

    /** Nothing counts behind the first loss that is missing, but all of it was paid for. */
    private static Part joined(List<CompletableFuture<Part>> asked, int from, List<Integer> ends) {
        var losses = new ArrayList<Double>();
        var slopes = new ArrayList<List<Double>>();
        long tokens = 0;
        boolean complete = true;
        for (int i = 0; i < asked.size(); i++) {
            var part = asked.get(i).join();
            tokens += part.tokens();
            if (complete) {
                losses.addAll(part.losses());
                slopes.addAll(part.slopes());
                complete = from + losses.size() == ends.get(i);
            }
        }
        return new Part(losses, tokens, slopes);
    }
}
