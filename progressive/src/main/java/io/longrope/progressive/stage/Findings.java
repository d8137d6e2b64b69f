package io.longrope.progressive.stage;

import io.longrope.search.space.Candidate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What the stages of a job have come to so far: checkpoints and tables. Grows in the order of the stages. */
public final class Findings {

    private final StageModel base;
    private final List<Finding> searched = new ArrayList<>();
    private final List<SearchCost> costs = new ArrayList<>();
    private final List<Front> fronts = new ArrayList<>();
    private StageModel latest;
    private Tuning tuning;

    public Findings(StageModel base) {
        this.base = base;
        this.latest = base;
    }

    /**
     * The last fine-tune.
     *
     * @param length    the length its factors are for
     * @param candidate what was in force while training
     */
    public record Tuning(int length, Candidate candidate) {
    }

    public StageModel base() {
        return base;
    }

    /** What the last fine-tune wrote; the base model before the first. */
    public StageModel latest() {
        return latest;
    }

    /** Empty before the first fine-tune. */
    public Optional<Tuning> tuning() {
        return Optional.ofNullable(tuning);
    }

    /** In the order found. */
    public List<Finding> searched() {
        return List.copyOf(searched);
    }

    /** What was found on a checkpoint, the last finding of each length, by ascending length. */
    public List<Finding> on(StageModel model) {
        return searched.stream().filter(finding -> finding.model().equals(model))
                .filter(finding -> searched.stream().noneMatch(later -> isLaterOf(later, finding)))
                .sorted(Comparator.comparingInt(Finding::length))
                .toList();
    }

    /** The last finding for a length, on whatever checkpoint. */
    public Optional<Finding> lastFor(int length) {
        return searched.stream().filter(finding -> finding.length() == length).reduce((earlier, later) -> later);
    }

    /** Fronts between two lengths, in the order found. */
    public List<Front> fronts() {
        return List.copyOf(fronts);
    }

    /** Adds a front. */
    public void found(Front front) {
        fronts.add(front);
    }

    /** Adds what a stage found. */
    public void found(Finding finding) {
        searched.add(finding);
    }

    /** What each search spent, in order. */
    public List<SearchCost> costs() {
        return List.copyOf(costs);
    }

    /** Adds what a search spent. */
    public void spent(SearchCost cost) {
        costs.add(cost);
    }

    void tuned(StageModel model, Tuning with) {
        latest = model;
        tuning = with;
    }

    private boolean isLaterOf(Finding later, Finding finding) {
        return later.model().equals(finding.model()) && later.length() == finding.length()
                && searched.indexOf(later) > searched.indexOf(finding);
    }
}
