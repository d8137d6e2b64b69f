package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.ModelCopy;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.progressive.report.PerplexityReport;
import io.longrope.progressive.report.ReportColumn;
import io.longrope.progressive.stage.FinalTables;
import io.longrope.progressive.stage.FineTuneStage;
import io.longrope.progressive.stage.RecoveryStage;
import io.longrope.progressive.stage.SearchStage;
import io.longrope.progressive.stage.StageContext;
import io.longrope.search.job.FineTuneStagePlan;
import io.longrope.search.job.RecoveryStagePlan;
import io.longrope.search.job.SearchStagePlan;
import io.longrope.search.job.StagePlan;
import io.longrope.search.table.FactorTable;

import java.io.IOException;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Runs the stages of a job in their order, on the calling thread, and writes what they come to. A job is resumed by
 * running it again: stages done are found by their records, known scores answer at once and trained checkpoints are found.
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
        var results = new Results(context, directory, ModelCopy.COPY, tables);
        var records = new StageRecords(context, directory);
        for (int i = 0; i < context.plan().stages().size(); i++) {
            var input = records.input(i);
            if (!records.restore(i, input)) {
                int before = context.findings().searched().size();
                var stage = context.plan().stages().get(i);
                context.listener().stageStarted(stage);
                run(stage);
                results.writeFound();
                records.write(i, input, before);
                context.listener().stageEnded(stage);
            } else {
                results.writeFound();
            }
        }
        var tables = FinalTables.of(context);
        var report = PerplexityReport.measure(context, ReportColumn.closing(context, tables));
        results.write(tables, report, byFineTune(tables));
        var passkey = context.plan().report().passkey();
        if (passkey.isPresent()) {
            new PasskeyMeasurement(context.plan(), passkey.get()).write(Checkpoint.open(context.findings().latest().directory()), tables.last(), directory);
        }
        return report;
    }

    /** With one fine-tune of one method the report itself says what it changed. */
    private Optional<PerplexityReport> byFineTune(FinalTables tables) throws InterruptedException {
        boolean tells = tables.tuned().size() > 1 || !context.plan().report().fineTuned().isEmpty();
        return tells ? Optional.of(PerplexityReport.measure(context, ReportColumn.byFineTune(context, tables))) : Optional.empty();
    }

    private void run(StagePlan stage) throws IOException, InterruptedException {
        if (stage instanceof SearchStagePlan search) {
            new SearchStage(search, context).run();
        } else if (stage instanceof FineTuneStagePlan tune) {
            new FineTuneStage(tune, context).run();
        } else if (stage instanceof RecoveryStagePlan recovery) {
            new RecoveryStage(recovery, context).run();
        }
    }
}
