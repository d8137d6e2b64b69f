package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.evaluator.metric.RetrievalAccuracy;
import io.longrope.evaluator.metric.RetrievalTask;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.progressive.report.PasskeyReport;
import io.longrope.search.job.JobPlan;
import io.longrope.search.job.PasskeyPlan;
import io.longrope.search.table.FactorTable;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;

/** Pass keys found again by the final checkpoint, measured in this process: generation does not travel to workers. */
final class PasskeyMeasurement {

    private final JobPlan plan;
    private final PasskeyPlan passkey;

    PasskeyMeasurement(JobPlan plan, PasskeyPlan passkey) {
        this.plan = plan;
        this.passkey = passkey;
    }

    /** @throws io.longrope.search.problem.BadInput when the shortest length has no room for the question: better known before hours of work */
    void check(Checkpoint checkpoint) {
        try (var tokenizer = Tokenizer.of(checkpoint.directory(), checkpoint.config().vocabSize())) {
            RetrievalTask.PASSKEY.prompt(tokenizer, checkpoint.startToken(), passkey.lengths().get(0), 0, plan.seed());
        }
    }

    /** Measures unless an earlier run of the job has. */
    void write(Checkpoint checkpoint, FactorTable table, RunDirectory directory) throws IOException, InterruptedException {
        if (!Files.exists(directory.resolve(PasskeyReport.FILE))) {
            directory.write(PasskeyReport.FILE, measure(checkpoint, table).exactTable().csv());
        }
    }

    private PasskeyReport measure(Checkpoint checkpoint, FactorTable table) throws InterruptedException {
        try (var model = new LocalModel(checkpoint, new DecoderOptions(plan.precision()), 1)) {
            // as everywhere in a job: sums are split by threads, and results must not hang on the machine
            Decoder.useThreads(1);
            var attention = new Attention.Trained(QueryScaling.NONE);
            var cells = new ArrayList<PasskeyReport.Cell>();
            for (int length : passkey.lengths()) {
                for (double depth : passkey.depths()) {
                    var metric = new RetrievalAccuracy(RetrievalTask.PASSKEY, checkpoint.tokenizer(), checkpoint.startToken(), length, depth,
                            passkey.trials(), plan.seed());
                    cells.add(new PasskeyReport.Cell(length, depth, model.measure(metric, table.forLength(length), attention).get()));
                }
            }
            return new PasskeyReport(cells);
        }
    }
}
