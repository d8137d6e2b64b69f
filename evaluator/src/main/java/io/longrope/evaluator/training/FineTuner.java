package io.longrope.evaluator.training;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.Directories;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.evaluator.text.TokenFile;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.evaluator.training.internal.Batches;
import io.longrope.evaluator.training.internal.FirstWeights;
import io.longrope.evaluator.training.internal.ResumableRun;
import io.longrope.evaluator.training.internal.Sequence;
import io.longrope.evaluator.training.internal.Trainer;
import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleShare;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.Engine;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.HuggingFaceFormat;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.table.TwoTables;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The built-in trainer: one device, in this process. */
public final class FineTuner {

    private FineTuner() {
    }

    /**
     * Trains and writes a Hugging Face directory in the precision of training, with the checkpoint's own tokenizer and the
     * losses as {@value ResumableRun#LOG}. An interrupted task continues from a state beside the output and ends with the
     * weights of an undisturbed one, to the bit.
     *
     * @param session where the memory is, which the training waits for while others hold it
     * @param store   where token files of the texts lie
     * @param threads CPU threads inside one operation
     * @throws BadInput when the model cannot be trained here, the device cannot hold the training, or the text is too short
     */
    public static void fineTune(ModelSession session, FineTuneTask task, TokenStore store, int threads, TrainingListener listener)
            throws IOException, InterruptedException {
        var beside = besideOutput(task.output());
        fineTune(session, task, store, threads, TrainingStates.in(beside), listener);
        Directories.delete(beside);
    }

    /** Where the states of a training lie that is attempted in one place only. */
    static Path besideOutput(Path output) {
        return output.resolveSibling(output.getFileName() + ".training");
    }

    /**
     * The same with states elsewhere.
     *
     * @throws TrainingDiverged when the loss or its gradient is not finite
     */
    public static void fineTune(ModelSession session, FineTuneTask task, TokenStore store, int threads, TrainingStates states,
            TrainingListener listener)
            throws IOException, InterruptedException {
        var checkpoint = Checkpoint.open(task.checkpoint());
        var config = checkpoint.config();
        config.requireTrainable(task.checkpoint().toString(), task.sequences().length());
        // what config.json cannot say is refused before the training, not after it
        task.tableFor().ifPresent(length -> TwoTables.of(table(task, checkpoint, length)));
        var use = session.training(config, task.sequences().length(), task.settings(), task.lora());
        var plan = MemoryPlan.of(session.device(), config, task.settings().precision(), use);
        plan.requireFits(session.memory());
        var tokens = store.tokens(task.text(), checkpoint.tokenizer());
        var watch = task.heldOut().map(heldOut -> watch(heldOut, store, checkpoint, task)).orElse(ResumableRun.Watch.NOTHING);
        var batches = new Batches(tokens, checkpoint.startToken(task.startToken()), checkpoint.tokenizer().coding(), task.sequences(),
                task.settings().seed());
        var type = task.settings().precision() == Precision.BF16 ? DataType.BF16 : DataType.F32;
        var run = new ResumableRun(task.output(), states.of(fingerprint(task, checkpoint, tokens)), config, type,
                checkpoint.writtenTokenizer());
        try (var memory = session.reserve(plan);
             var trainer = new Trainer(config, FirstWeights.of(checkpoint), task.candidate(), batches, task.settings(), use, memory,
                     threads)) {
            run.complete(trainer, task.settings(), watch, listener, part -> {
                if (task.tableFor().isPresent()) {
                    writeTable(table(task, checkpoint, task.tableFor().getAsInt()), part);
                }
            });
        } finally {
            checkpoint.tokenizer().close();
        }
    }

    /** The selection share, whatever the task: the report share is for what is reported in the end. */
    private static ResumableRun.Watch watch(HeldOut heldOut, TokenStore store, Checkpoint checkpoint, FineTuneTask task) {
        var text = heldOut.text().toAbsolutePath();
        var samples = new SampleSets(Root.of(text.getParent(), "held-out"), store).cut(checkpoint.tokenizer(),
                checkpoint.startToken(task.startToken()), text.getFileName().toString(), SampleShare.SELECTION, heldOut.samples(),
                task.sequences().length() + 1, task.settings().seed());
        return new ResumableRun.Watch(IntStream.range(0, samples.count()).mapToObj(i -> Sequence.of(samples.sample(i))).toList(),
                heldOut.every());
    }

    private static FactorTable table(FineTuneTask task, Checkpoint checkpoint, int length) {
        var entry = TableEntry.of(length, Measured.unmeasured(task.candidate()));
        return new FactorTable(checkpoint.name(), checkpoint.config().rope(), List.of(entry),
                List.of("fine-tuned with these factors"));
    }

    private static void writeTable(FactorTable table, Path directory) throws IOException {
        var config = directory.resolve("config.json");
        new HuggingFaceFormat(Engine.TRANSFORMERS).writeInto(table, config, config);
    }

    private static String fingerprint(FineTuneTask task, Checkpoint checkpoint, TokenFile tokens) {
        return Json.sha256(Json.canonical(List.of(checkpoint.fingerprint(), task.candidate(), task.sequences(), task.settings().deciding(),
                task.lora(),
                tokens.fingerprint())));
    }
}
