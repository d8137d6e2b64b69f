package io.longrope.evaluator.training.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.Safetensors;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.evaluator.checkpoint.StoredTensor;
import io.longrope.evaluator.decoder.internal.DeviceAttention;
import io.longrope.evaluator.decoder.internal.DeviceMemory;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.session.Reservation;
import io.longrope.evaluator.training.TrainingDiverged;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.search.space.Candidate;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Daemons;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * The training loop: AdamW with micro-batches beside each other. Every thread computes whole micro-batches, and their gradients are summed
 * in order as they come: the result is the same on any machine size, and
 * no more gradients are in memory than there are threads, and their sum.
 */
public final class Trainer implements AutoCloseable {

    private final PtNDManager manager;
    private final Script script = Script.instance();
    private final TrainedModel model;
    private final PtNDArray[] masters;
    private final PtNDArray[] first;
    private final PtNDArray[] second;
    private final PtNDArray[] counts;
    private final GradientPass pass;
    private final SequenceSource sequences;
    private final TrainingSettings settings;
    private final ExecutorService pool;
    private final int parallel;
    private final int operationThreads;
    private int step;

    /**
     * @param start     closed here
     * @param candidate rescale factors in force
     * @param use       length of sequences, adapters and micro-batches beside each other
     * @param memory    the device's, set aside for this use; closed by whoever reserved it, after this
     * @param threads   CPU threads inside one operation
     */
    public Trainer(ModelConfig config, FirstWeights start, Candidate candidate, SequenceSource sequences, TrainingSettings settings,
                   ModelUse.Training use, Reservation memory, int threads) {
        this.settings = settings;
        this.sequences = sequences;
        this.parallel = use.parallel();
        this.operationThreads = threads;
        Script.setThreads(threads);
        manager = Script.manager(memory.device());
        TrainedModel made = null;
        try (start) {
            made = new TrainedModel(manager, config, start, use.lora(), settings.seed(), PassPrecision.of(settings.precision()),
                    DeviceAttention.ofTraining(manager, memory.device(), config, settings.precision()));
            model = made;
            masters = model.masters();
            first = zeros();
            second = zeros();
            counts = IntStream.range(0, masters.length).mapToObj(i -> DeviceMemory.zeros(manager, new Shape())).toArray(PtNDArray[]::new);
            pass = new GradientPass(model, new PositionTables(manager, config.rope(), config.layers(), candidate, use.length()),
                    settings.recompute(),
                    GradientPass.END_ROWS, sequences.longCe());
        } catch (RuntimeException | Error e) {
            if (made != null) {
                made.close();
            }
            manager.close();
            throw e;
        }
        pool = Executors.newFixedThreadPool(parallel, task -> Daemons.thread("trainer", () -> {
            Script.setThreads(threads);
            task.run();
        }));
    }

    /** Steps done, those of a restored state included. */
    public int step() {
        return step;
    }

    /** Parameters that change. */
    public long trainable() {
        return Arrays.stream(masters).mapToLong(PtNDArray::size).sum();
    }

    /**
     * One optimizer step. An interrupt lets it end, and is still there afterwards.
     *
     * @throws TrainingDiverged when loss or gradient are no numbers any more; the state is then of no use
     */
    public void advance(TrainingListener listener) {
        Script.setThreads(operationThreads);
        var batch = sequences.at(step, settings.batch());
        int count = settings.batch() / settings.microBatch();
        try (var scope = (PtNDManager) manager.newSubManager();
             var batches = new MicroBatches<>(pool, parallel, count, i -> pass.gradients(scope, part(batch, i)))) {
            double loss = 0;
            PtNDArray[] total = null;
            while (batches.hasNext()) {
                var result = batches.next();
                loss += result[0].getFloat() / count;
                total = sum(total, Arrays.copyOfRange(result, 1, result.length));
            }
            double rate = settings.learningRate(step);
            var optimizer = settings.optimizer();
            double norm = script.tensor(scope, "update", masters, total, count, first, second, counts, rate, optimizer.beta1(),
                    optimizer.beta2(), optimizer.weightDecay(), optimizer.clip()).getFloat();
            if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
                throw new TrainingDiverged(step + 1, loss, norm);
            }
            model.refresh();
            step++;
            listener.onStep(step, loss, norm, rate, (long) settings.batch() * batch.get(0).length());
        }
    }

    private List<Sequence> part(List<Sequence> batch, int index) {
        return batch.subList(index * settings.microBatch(), (index + 1) * settings.microBatch());
    }

    private PtNDArray[] sum(PtNDArray[] total, PtNDArray[] gradients) {
        if (total == null) {
            return gradients;
        }
        script.run("accumulate", total, gradients);
        Arrays.stream(gradients).forEach(PtNDArray::close);
        return total;
    }

    /** Mean loss of sequences that are not trained on; of equal lengths. */
    public double loss(List<Sequence> heldOut) {
        Script.setThreads(operationThreads);
        try (var scope = (PtNDManager) manager.newSubManager()) {
            return heldOut.stream().mapToDouble(sequence -> pass.loss(scope, List.of(sequence))).average().orElseThrow();
        }
    }

    /** Everything the next step depends on but the weights that do not change. */
    public List<SafetensorsWriter.Source> state() {
        var sources = new ArrayList<SafetensorsWriter.Source>();
        sources.add(new SafetensorsWriter.Source("step", new long[] {1}, () -> new float[] {step}));
        for (int i = 0; i < masters.length; i++) {
            var parameter = model.parameters().get(i);
            sources.add(source("parameter." + parameter.name(), parameter, masters[i]));
            sources.add(source("first." + parameter.name(), parameter, first[i]));
            sources.add(source("second." + parameter.name(), parameter, second[i]));
        }
        return sources;
    }

    /**
     * Continues from a file written from {@link #state()}.
     *
     * @throws io.longrope.search.problem.BadInput when it is no such file; nothing is changed then
     */
    public void restore(Path file) {
        var state = Safetensors.ofFile(file);
        var stored = new ArrayList<StoredTensor[]>();
        for (var parameter : model.parameters()) {
            stored.add(new StoredTensor[] {state.tensor("parameter." + parameter.name()), state.tensor("first." + parameter.name()),
                state.tensor("second." + parameter.name())});
        }
        step = (int) state.tensor("step").toFloats()[0];
        for (int i = 0; i < masters.length; i++) {
            set(masters[i], stored.get(i)[0].toFloats());
            set(first[i], stored.get(i)[1].toFloats());
            set(second[i], stored.get(i)[2].toFloats());
            set(counts[i], new float[] {step});
        }
        model.refresh();
    }

    /** The weights as a checkpoint stores them, with adapters merged. */
    public List<SafetensorsWriter.Source> weights() {
        return model.checkpoint();
    }

    private static SafetensorsWriter.Source source(String stored, TrainedModel.Parameter parameter, PtNDArray tensor) {
        return new SafetensorsWriter.Source(stored, parameter.shape(), tensor::toFloatArray);
    }

    private void set(PtNDArray tensor, float[] values) {
        try (var source = DeviceMemory.of(manager, values, tensor.getShape())) {
            script.run("assign", tensor, source);
        }
    }

    private PtNDArray[] zeros() {
        return model.parameters().stream().map(parameter -> DeviceMemory.zeros(manager, new Shape(parameter.shape())))
                .toArray(PtNDArray[]::new);
    }

    @Override
    public void close() {
        pool.shutdownNow();
        model.close();
        manager.close();
    }
}
