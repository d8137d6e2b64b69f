package io.longrope.progressive.stage;

import io.longrope.search.space.Candidate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the stages of a job have come to so far: checkpoints and tables. Grows in the order of the stages. */
public final class Findings {

    private final StageModel base;
    private final List<Finding> searched = new ArrayList<>();
    private final List<SearchCost> costs = new ArrayList<>();
    private final List<TriedCandidates> tried = new ArrayList<>();
    private final List<Front> fronts = new ArrayList<>();
    private final List<Tuning> tunings = new ArrayList<>();

    public Findings(StageModel base) {
        this.base = base;
    }

    /**
     * What a fine-tune came to.
     *
     * @param stage     its name
     * @param length    the length its factors are for
     * @param candidate what was in force while training
     * @param searched  what had been searched for the length by then
     * @param model     the checkpoint
     * @param others    checkpoints of other methods trained likewise, by method
     */
    public record Tuning(String stage, int length, Candidate candidate, Candidate searched, StageModel model,
            Map<String, StageModel> others) {

        public Tuning {
            others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
        }
    }

    public StageModel base() {
        return base;
    }

    /** What the last fine-tune wrote; the base model before the first. */
    public StageModel latest() {
        return tuning().map(Tuning::model).orElse(base);
    }

    /** The last fine-tune; empty before the first. */
    public Optional<Tuning> tuning() {
        return tunings.stream().reduce((earlier, later) -> later);
    }

    /** In their order. */
    public List<Tuning> tunings() {
        return List.copyOf(tunings);
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

    /** What each search of this run tried, in order; of stages taken over from their records nothing. */
    public List<TriedCandidates> tried() {
        return List.copyOf(tried);
    }

    void tried(TriedCandidates candidates) {
        tried.add(candidates);
    }

    void tuned(Tuning tuning) {
        tunings.add(tuning);
    }

    private boolean isLaterOf(Finding later, Finding finding) {
        return later.model().equals(finding.model()) && later.length() == finding.length()
                && searched.indexOf(later) > searched.indexOf(finding);
    }
}
