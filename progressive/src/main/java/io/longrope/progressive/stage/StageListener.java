package io.longrope.progressive.stage;

import io.longrope.search.evolution.SearchListener;
import io.longrope.search.evolution.SearchResult;
import io.longrope.search.job.Tried;
import io.longrope.progressive.plan.StagePlan;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Told what a stage does, on the thread that runs it. */
public interface StageListener {

    void stageStarted(StagePlan stage);

    /** What a search has to beat, by name, as losses on the samples of the search. */
    void rivalsScored(String stage, int length, Map<String, Double> losses);

    /** One search of a stage begins; a recovery has one for each length. */
    void searchStarted(String stage, int length, int evaluations);

    /** Candidates were scored since this was last called, in the order of the answers. */
    void tried(String stage, int length, List<Tried> tried);

    void generation(String stage, int length, SearchListener.Progress progress);

    /** @param finalists how many are now compared on samples the search never saw */
    void searchEnded(SearchCost cost, SearchResult.End end, int finalists);

    /** @param crop the loss of crop on the same samples, by the objective of the search; empty within the model's own window */
    void selected(String stage, Selection selection, OptionalDouble crop);

    /**
     * A search of two wishes has its front, and a table picked from it.
     *
     * @param crop the loss of crop on the samples of the long length that the table was picked on; empty within the model's own window
     */
    void picked(Front front, OptionalDouble crop);

    /**
     * @param name the stage's, or the stage's and that of the method trained beside it
     */
    void trainingStarted(String name, int steps);

    void trained(String name, int step, int steps, double loss);

    /**
     * A cell of a closing table was measured.
     *
     * @param table the table's name
     */
    void reported(String table, ReportedCell cell);

    /** It was measured how much of what prompts hide is found again. */
    void retrieved(RetrievedCell cell);

    /** Something a person should know. */
    void note(String stage, String message);

    void stageEnded(StagePlan stage);
}
