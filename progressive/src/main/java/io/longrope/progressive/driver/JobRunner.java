package io.longrope.progressive.driver;

import io.longrope.progressive.report.PerplexityReport;
import io.longrope.progressive.report.ReportColumn;
import io.longrope.progressive.report.ReportScores;
import io.longrope.progressive.report.RetrievalReport;
import io.longrope.progressive.report.RunHistory;
import io.longrope.progressive.report.TradeOff;
import io.longrope.progressive.stage.FinalTables;
import io.longrope.progressive.stage.Stage;
import io.longrope.progressive.stage.StageContext;
import io.longrope.search.table.FactorTable;

import java.io.IOException;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Runs the stages of a job in their order, on the calling thread, and writes what they come to. A job is resumed by
 * running it again: stages done are found by their records, and known results answer at once.
 */
public final class JobRunner {

    private final StageContext context;
    private final RunDirectory directory;
    private final BiConsumer<String, FactorTable> tables;

    /** @param tables told of every table found, by its name within the job */
    public JobRunner(StageContext context, RunDirectory directory, BiConsumer<String, FactorTable> tables) {
        this.context = context;
        this.directory = directory;
        this.tables = tables;
    }

    /** @throws InterruptedException when the thread was interrupted; what was found so far is kept */
    public PerplexityReport run() throws IOException, InterruptedException {
        var results = new Results(context, directory, tables);
        var records = new StageRecords(context, directory);
        var stages = Stage.of(context.plan());
        for (int i = 0; i < stages.size(); i++) {
            var stage = stages.get(i);
            var input = records.input(i, stage);
            if (records.restore(i, stage, input)) {
                results.writeFound();
                continue;
            }
            context.listener().stageStarted(stage.plan());
            stage.run(context);
            results.writeFound();
            records.write(i, stage, input);
            context.listener().stageEnded(stage.plan());
        }
        var tables = FinalTables.of(context);
        var report = ReportScores.measure(context, RunHistory.CLOSING, ReportColumn.closing(context, tables));
        results.write(tables, report, byFineTune(tables), tradeOff(tables), retrieval(tables));
        return report.perplexities();
    }

    /** Where a table would be run at lengths below its own. */
    private Optional<TradeOff> tradeOff(FinalTables tables) throws InterruptedException {
        int longest = tables.last().longest().length();
        boolean tells = longest > context.geometry().originalLength()
                && context.plan().report().lengths().stream().anyMatch(length -> length < longest);
        return tells ? Optional.of(new TradeOff(ReportScores.measure(context, RunHistory.TRADE_OFF, ReportColumn.tradeOff(context, tables))
                .perplexities())) : Optional.empty();
    }

    private Optional<RetrievalReport> retrieval(FinalTables tables) throws InterruptedException {
        var asked = context.plan().report().retrieval();
        return asked.isEmpty() ? Optional.empty() : Optional.of(RetrievalReport.measure(context, asked.get(),
                ReportColumn.retrieval(context, tables, asked.get().methods())));
    }

    /** With one fine-tune of one method the report itself says what it changed. */
    private Optional<ReportScores> byFineTune(FinalTables tables) throws InterruptedException {
        boolean tells = tables.tuned().size() > 1 || !context.plan().report().fineTuned().isEmpty();
        return tells ? Optional.of(ReportScores.measure(context, RunHistory.BY_FINE_TUNE, ReportColumn.byFineTune(context, tables)))
                : Optional.empty();
    }
}
