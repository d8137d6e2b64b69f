package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.evaluator.metric.Reading;
import io.longrope.evaluator.metric.RetrievalAccuracy;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.progressive.report.PasskeyReport;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PasskeyPlan;
import io.longrope.search.table.FactorTable;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Retrieval;

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

    /** Measures unless an earlier run of the job has. */
    void write(Checkpoint checkpoint, FactorTable table, RunDirectory directory) throws IOException, InterruptedException {
        if (!Files.exists(directory.resolve(PasskeyReport.FILE))) {
            directory.write(PasskeyReport.FILE, measure(checkpoint, table).exactTable().csv());
        }
    }

    private PasskeyReport measure(Checkpoint checkpoint, FactorTable table) throws InterruptedException {
        var arithmetic = new Arithmetic(plan.precision().orElseGet(checkpoint::precision), DecoderOptions.DEFAULT_CHUNK, plan.threads());
        try (var session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL);
             var measurements = new Measurements(session, checkpoint.directory(), arithmetic, 1)) {
            var attention = new Attention.Trained(QueryScaling.NONE);
            var cells = new ArrayList<PasskeyReport.Cell>();
            for (int length : passkey.lengths()) {
                for (double depth : passkey.depths()) {
                    var metric = new RetrievalAccuracy(Retrieval.PASSKEY, checkpoint.tokenizer(), checkpoint.startToken(), length, depth,
                            1, passkey.trials(), plan.seed());
                    var found = measurements.measure(metric, table.forLength(length), attention, Reading.WHOLE,
                            new ModelUse.Generating(length, attention)).get();
                    cells.add(new PasskeyReport.Cell(length, depth, metric.figure(found)));
                }
            }
            return new PasskeyReport(cells);
        }
    }
}
