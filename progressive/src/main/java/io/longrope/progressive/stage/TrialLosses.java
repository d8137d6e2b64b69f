package io.longrope.progressive.stage;

import io.longrope.search.evolution.Race;
import io.longrope.search.evolution.Rungs;
import io.longrope.search.evolution.SampleLosses;
import io.longrope.search.evolution.Trial;
import io.longrope.search.work.SampleReference;
import io.longrope.search.work.Score;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The losses of a search, as evaluations of whole sample sets give them. A worker cannot measure samples apart, and one that was asked for
 * the first ones and then for all would measure the first twice: so an evaluation carries what the rungs will decide by, as bounds, and
 * ends where they end it. Every range of samples is then read from that one score.
 */
public final class TrialLosses implements SampleLosses {

    private final Scoring scoring;
    private final StageModel model;
    private final IntFunction<SampleReference> samples;
    private final List<Integer> rungs;
    private final Map<Trial, CompletableFuture<Score>> scores = new ConcurrentHashMap<>();
    private final List<Score> fresh = new ArrayList<>();

    /**
     * @param samples by {@link Trial#draw()}, all as many
     * @param rungs   as the {@link Rungs} decide
     */
    public TrialLosses(Scoring scoring, StageModel model, IntFunction<SampleReference> samples, List<Integer> rungs) {
        this.scoring = scoring;
        this.model = model;
        this.samples = samples;
        this.rungs = Rungs.below(rungs, samples.apply(0).count());
    }

    @Override
    public int count() {
        return samples.apply(0).count();
    }

    @Override
    public CompletableFuture<Part> measure(Trial trial, int from, int to) {
        return scores.computeIfAbsent(trial, this::ask).thenApply(score -> {
            if (to == count() || score.sampleLosses().size() < to) {
                scores.remove(trial);
            }
            return part(score, from, to);
        });
    }

    /**
     * To be called when all trials of a generation are measured.
     *
     * @throws io.longrope.search.problem.BadInput when no worker could measure any of them
     */
    void requireAnyMeasured() {
        synchronized (fresh) {
            Scoring.requireAnyMeasured(samples.apply(0), fresh);
            fresh.clear();
        }
    }

    private CompletableFuture<Score> ask(Trial trial) {
        return scoring.ask(model, samples.apply(trial.draw()), trial.candidate(), bounds(trial.race())).thenApply(score -> {
            synchronized (fresh) {
                fresh.add(score);
            }
            return score;
        });
    }

    /** None where nothing is decided. */
    private List<Double> bounds(Race race) {
        int last = race.isOn() && !rungs.isEmpty() ? rungs.get(rungs.size() - 1) : 0;
        return IntStream.rangeClosed(1, last).mapToObj(k -> rungs.contains(k) ? race.bound(k) : Double.MAX_VALUE).toList();
    }

    /** Tokens of the range: every sample measured costs its length, one that diverged too. */
    private static Part part(Score score, int from, int to) {
        int known = score.sampleLosses().size();
        long perSample = score.tokens() / Math.max(1, known + (score.outcome() == Score.Outcome.DIVERGED ? 1 : 0));
        var losses = score.sampleLosses().subList(Math.min(from, known), Math.min(to, known));
        boolean diverges = score.outcome() == Score.Outcome.DIVERGED && known >= from && known < to;
        return new Part(losses, perSample * (losses.size() + (diverges ? 1 : 0)));
    }
}
