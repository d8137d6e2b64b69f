package io.longrope.evaluator.training.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.Safetensors;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.evaluator.decoder.internal.Rotary;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.evaluator.decoder.internal.WeightName;
import io.longrope.evaluator.decoder.internal.Weights;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.evaluator.training.TrainingSettings;
import io.longrope.search.space.Candidate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The training loop: AdamW over all weights in float32, with micro-batches beside each other. Every thread computes whole
 * micro-batches with one libtorch thread, and the update sums them in order: the result is the same on any machine size.
 */
public final class Trainer implements AutoCloseable {

    private static final double BETA_1 = 0.9;
    /** Targets that are not counted. */
    private static final long IGNORED = -100;

    private final PtNDManager manager;
    private final Script script = Script.instance();
    private final Weights weights;
    private final List<WeightName> names;
    private final PtNDArray[] parameters;
    private final PtNDArray[] first;
    private final PtNDArray[] second;
    private final PtNDArray[] counts;
    private final Rotary.Tables rotary;
    private final Batches batches;
    private final TrainingSettings settings;
    private final ExecutorService threads;
    private int step;

    /** @param start gives the first value of each weight, row-major */
    public Trainer(ModelConfig config, Function<WeightName, float[]> start, Candidate candidate, int length, Batches batches,
                   TrainingSettings settings) {
        this.settings = settings;
        this.batches = batches;
        manager = (PtNDManager) Script.engine().newBaseManager();
        names = WeightName.stored(config);
        weights = Weights.of(config, name -> create(start.apply(name), name.shape()));
        parameters = names.stream().map(name -> weights.byName().get(name.id())).toArray(PtNDArray[]::new);
        for (var parameter : parameters) {
            parameter.setRequiresGradient(true);
        }
        first = zeros();
        second = zeros();
        counts = IntStream.range(0, parameters.length).mapToObj(i -> (PtNDArray) manager.zeros(new Shape())).toArray(PtNDArray[]::new);
        var positions = IntStream.range(0, length).asDoubleStream().toArray();
        rotary = new Rotary(config.rope()).tables(manager, positions, new Shape(1, length), candidate)[0];
        int parallel = Math.min(settings.batch() / settings.microBatch(), Runtime.getRuntime().availableProcessors());
        threads = Executors.newFixedThreadPool(parallel, task -> {
            var thread = new Thread(task, "trainer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Steps done, those of a restored state included. */
    public int step() {
        return step;
    }

    /** One optimizer step. */
    public void advance(TrainingListener listener) throws InterruptedException {
        var sequences = batches.sequences(step, settings.batch());
        int micro = settings.microBatch();
        int count = settings.batch() / micro;
        try (var scope = (PtNDManager) manager.newSubManager()) {
            var running = new ArrayList<Future<PtNDArray[]>>();
            for (int i = 0; i < count; i++) {
                var part = Arrays.copyOfRange(sequences, i * micro, (i + 1) * micro);
                running.add(threads.submit(() -> gradients(scope, part)));
            }
            double loss = 0;
            var gradients = new ArrayList<IValue>();
            try {
                for (var future : running) {
                    var result = future.get();
                    loss += result[0].getFloat() / count;
                    gradients.add(IValue.listFrom(Arrays.copyOfRange(result, 1, result.length)));
                }
                double rate = settings.learningRate(step);
                double norm;
                try (var all = Script.list(gradients)) {
                    norm = script.tensor(scope, "update", parameters, all, first, second, counts, rate, BETA_1,
                            settings.beta2(), settings.weightDecay(), settings.clip()).getFloat();
                }
                step++;
                listener.onStep(step, loss, norm, rate, (long) settings.batch() * (sequences[0].length - 1));
            } catch (ExecutionException e) {
                throw new IllegalStateException("a micro-batch of step " + (step + 1) + " failed", e.getCause());
            } finally {
                gradients.forEach(IValue::close);
            }
        }
    }

    /** The micro-batch's loss, then its gradients. */
    private PtNDArray[] gradients(PtNDManager scope, int[][] sequences) {
        int length = sequences[0].length - 1;
        var inputs = new long[sequences.length * length];
        var targets = new long[inputs.length];
        for (int n = 0; n < sequences.length; n++) {
            for (int t = 0; t < length; t++) {
                inputs[n * length + t] = sequences[n][t];
                targets[n * length + t] = sequences[n][t + 1] < 0 ? IGNORED : sequences[n][t + 1];
            }
        }
        var shape = new Shape(sequences.length, length);
        var config = weights.config();
        try (var ids = (PtNDArray) manager.create(inputs, shape); var next = (PtNDArray) manager.create(targets, shape)) {
            return script.differentiate(scope, "gradients", ids, next, rotary.cos(), rotary.sin(), weights.allLayers(),
                    weights.ends(), config.heads(), config.kvHeads(), config.headDim(), config.normEpsilon(), parameters);
        }
    }

    /** Everything the next step depends on. */
    public List<SafetensorsWriter.Source> state() {
        var sources = new ArrayList<SafetensorsWriter.Source>();
        sources.add(new SafetensorsWriter.Source("step", new long[] {1}, () -> new float[] {step}));
        for (int i = 0; i < parameters.length; i++) {
            var name = names.get(i);
            sources.add(source("parameter." + name.stored(), name, parameters[i]));
            sources.add(source("first." + name.stored(), name, first[i]));
            sources.add(source("second." + name.stored(), name, second[i]));
        }
        return sources;
    }

    /** Continues from a file written from {@link #state()}. */
    public void restore(Path file) {
        var state = Safetensors.ofFile(file);
        step = (int) state.tensor("step").toFloats()[0];
        for (int i = 0; i < parameters.length; i++) {
            var name = names.get(i).stored();
            set(parameters[i], state.tensor("parameter." + name).toFloats());
            set(first[i], state.tensor("first." + name).toFloats());
            set(second[i], state.tensor("second." + name).toFloats());
            set(counts[i], new float[] {step});
        }
    }

    /** The weights as a checkpoint stores them. */
    public List<SafetensorsWriter.Source> weights() {
        return IntStream.range(0, parameters.length)
                .mapToObj(i -> source(names.get(i).stored(), names.get(i), parameters[i])).toList();
    }

    private static SafetensorsWriter.Source source(String stored, WeightName name, PtNDArray tensor) {
        return new SafetensorsWriter.Source(stored, name.shape(), tensor::toFloatArray);
    }

    private void set(PtNDArray tensor, float[] values) {
        try (var source = (PtNDArray) manager.create(values, tensor.getShape())) {
            script.run("assign", tensor, source);
        }
    }

    private PtNDArray create(float[] values, long[] shape) {
        try (var heap = (PtNDArray) manager.create(values, new Shape(shape))) {
            // the array made from Java memory aliases it
            return (PtNDArray) heap.duplicate();
        }
    }

    private PtNDArray[] zeros() {
        return names.stream().map(name -> (PtNDArray) manager.zeros(new Shape(name.shape()))).toArray(PtNDArray[]::new);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        weights.close();
        manager.close();
    }
}
