package io.longrope.progressive.driver;

import io.longrope.progressive.stage.Front;
import io.longrope.progressive.stage.ReportedCell;
import io.longrope.progressive.stage.RetrievedCell;
import io.longrope.progressive.stage.SearchCost;
import io.longrope.progressive.stage.Selection;
import io.longrope.progressive.stage.StageListener;
import io.longrope.search.work.Objective;
import io.longrope.search.evolution.SearchListener;
import io.longrope.search.evolution.SearchResult;
import io.longrope.search.job.Tried;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.StagePlan;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Keeps the best candidate of the search in progress as a table of its own, so that a job that is cancelled leaves it. What
 * it is told it passes on.
 */
final class BestSoFar implements StageListener {

    private static final Logger LOG = LoggerFactory.getLogger(BestSoFar.class);

    private final StageListener next;
    private final JobPlan plan;
    private final RopeGeometry geometry;
    private final Path file;

    BestSoFar(StageListener next, JobPlan plan, RopeGeometry geometry, RunDirectory directory) {
        this.next = next;
        this.plan = plan;
        this.geometry = geometry;
        this.file = directory.resolve("tables/best-so-far.json");
    }

    @Override
    public void generation(String stage, int length, SearchListener.Progress progress) {
        next.generation(stage, length, progress);
        double perplexity = Math.exp(progress.bestLoss());
        if (Double.isFinite(perplexity)) {
            var objective = plan.objective(stage);
            write(stage, objective == Objective.PERPLEXITY
                    ? new TableEntry(length, new Measured(progress.best(), OptionalDouble.of(perplexity)), Optional.empty(),
                    "samples of the search")
                    : new TableEntry(length, Measured.unmeasured(progress.best()), Optional.empty(),
                            String.format(Locale.ROOT, "%s %.4f on samples of the search", objective.quantity(), perplexity)));
        }
    }

    @Override
    public void stageEnded(StagePlan stage) {
        next.stageEnded(stage);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} stays: {}", file, e.toString());
        }
    }

    /** A full disk must not end a search. */
    private void write(String stage, TableEntry entry) {
        try {
            Files.createDirectories(file.getParent());
            new JsonFormat().write(new FactorTable(plan.model(), geometry, List.of(entry),
                    List.of("job " + plan.name() + ", stage " + stage + " not finished")), file);
        } catch (IOException e) {
            LOG.warn("cannot keep the best candidate so far: {}", e.toString());
        }
    }

    @Override
    public void stageStarted(StagePlan stage) {
        next.stageStarted(stage);
    }

    @Override
    public void rivalsScored(String stage, int length, Map<String, Double> losses) {
        next.rivalsScored(stage, length, losses);
    }

    @Override
    public void searchStarted(String stage, int length, int evaluations) {
        next.searchStarted(stage, length, evaluations);
    }

    @Override
    public void tried(String stage, int length, List<Tried> tried) {
        next.tried(stage, length, tried);
    }

    @Override
    public void searchEnded(SearchCost cost, SearchResult.End end, int finalists) {
        next.searchEnded(cost, end, finalists);
    }

    @Override
    public void picked(Front front, OptionalDouble crop) {
        next.picked(front, crop);
    }

    @Override
    public void selected(String stage, Selection selection, OptionalDouble crop) {
        next.selected(stage, selection, crop);
    }

    @Override
    public void trainingStarted(String name, int steps) {
        next.trainingStarted(name, steps);
    }

    @Override
    public void trained(String name, int step, int steps, double loss) {
        next.trained(name, step, steps, loss);
    }

    @Override
    public void reported(String table, ReportedCell cell) {
        next.reported(table, cell);
    }

    @Override
    public void retrieved(RetrievedCell cell) {
        next.retrieved(cell);
    }

    @Override
    public void note(String stage, String message) {
        next.note(stage, message);
    }
}
