package io.longrope.evaluator.training.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.longrope.evaluator.decoder.internal.DeviceMemory;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.search.work.ShortContext;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Loss and gradients of one micro-batch; several threads may ask at once. Either in one call, which keeps what every layer
 * computed, or by layers (gradient checkpointing): forward keeping each layer's input alone, then backward through one
 * layer at a time, computed again.
 */
final class GradientPass {

    /** Rows of logits in memory at a time. */
    static final int END_ROWS = 1024;

    private final Script script = Script.instance();
    private final TrainedModel model;
    private final PositionTables tables;
    private final boolean recompute;
    private final int endRows;
    private final Optional<ShortContext> longCe;

    /** @param longCe how tokens are weighted by what far text is worth; empty = all the same */
    GradientPass(TrainedModel model, PositionTables tables, boolean recompute, int endRows, Optional<ShortContext> longCe) {
        this.model = model;
        this.tables = tables;
        this.recompute = recompute;
        this.endRows = endRows;
        this.longCe = longCe;
    }

    /** A micro-batch as the script takes it. */
    private record Inputs(PtNDArray ids, PtNDArray targets, PositionTables.Tables tables, IValue documents) implements AutoCloseable {

        @Override
        public void close() {
            ids.close();
            targets.close();
            documents.close();
        }
    }

    /**
     * @param scope holds the results, the mean loss, weighted where tokens are, and a gradient for each parameter of the model, and
     *              closes all else
     */
    PtNDArray[] gradients(PtNDManager scope, List<Sequence> sequences) {
        try (var work = (PtNDManager) scope.newSubManager(); var inputs = inputs(work, sequences)) {
            var weights = longCe.map(context -> new PtNDArray[] {weights(work, sequences, inputs, context)}).orElse(new PtNDArray[0]);
            if (recompute) {
                return byLayers(scope, work, inputs, weights);
            }
            var config = model.config();
            return script.differentiate(scope, "gradients", inputs.ids(), inputs.targets(), inputs.tables().cos(), inputs.tables().sin(),
                    inputs.documents(), weights, model.allLayers(), model.ends(), config.heads(), config.kvHeads(), config.normEpsilon(),
                    model.values());
        }
    }

    /** Mean loss without gradients, a layer at a time. */
    double loss(PtNDManager scope, List<Sequence> sequences) {
        try (var work = (PtNDManager) scope.newSubManager(); var inputs = inputs(work, sequences)) {
            var loss = script.tensor(work, "held_out_loss", hidden(work, inputs), inputs.targets(), model.ends(),
                    model.config().normEpsilon(), endRows);
            return loss.getDataType() == DataType.FLOAT64 ? loss.getDouble() : loss.getFloat();
        }
    }

    /** Without gradients, a layer at a time: [N, T, D]. */
    private PtNDArray hidden(PtNDManager work, Inputs inputs) {
        var hidden = script.tensor(work, "training_embed", inputs.ids(), model.ends());              // [N, T, D]
        for (int layer = 0; layer < model.config().layers(); layer++) {
            var next = forward(work, hidden, inputs, layer);
            hidden.close();
            hidden = next;
        }
        return hidden;
    }

    /** [N, T] f32 */
    private PtNDArray weights(PtNDManager work, List<Sequence> sequences, Inputs inputs, ShortContext context) {
        int length = sequences.get(0).length();
        var whole = losses(work, inputs);
        var weights = new float[whole.length];
        for (int i = 0; i < sequences.size(); i++) {
            var own = LongCe.weights(sequences.get(i), Arrays.copyOfRange(whole, i * length, (i + 1) * length), context,
                    tokens -> losses(work, List.of(Sequence.of(tokens))));
            System.arraycopy(own, 0, weights, i * length, length);
        }
        return DeviceMemory.of(work, weights, new Shape(sequences.size(), length));
    }

    private float[] losses(PtNDManager scope, List<Sequence> sequences) {
        try (var work = (PtNDManager) scope.newSubManager(); var inputs = inputs(work, sequences)) {
            return losses(work, inputs);
        }
    }

    /** Of each target, 0 where it is not counted: [N T]. */
    private float[] losses(PtNDManager work, Inputs inputs) {
        try (var hidden = hidden(work, inputs);
             var losses = script.tensor(work, "token_losses", hidden, inputs.targets(), model.ends(), model.config().normEpsilon(),
                     endRows)) {
            return losses.toFloatArray();
        }
    }

    private PtNDArray[] byLayers(PtNDManager scope, PtNDManager work, Inputs inputs, PtNDArray[] weights) {
        var config = model.config();
        var found = new PtNDArray[model.parameters().size() + 1];
        var hidden = new PtNDArray[config.layers() + 1];                                             // each [N, T, D]
        hidden[0] = script.tensor(work, "training_embed", inputs.ids(), model.ends());
        for (int layer = 0; layer < config.layers(); layer++) {
            hidden[layer + 1] = forward(work, hidden[layer], inputs, layer);
        }
        // of tied weights the end of the model is one place and the embedding another
        int[] end = config.tiedEmbeddings() ? concat(parametersOf(TrainedModel.END), parametersOf(TrainedModel.EMBEDDING))
                : parametersOf(TrainedModel.END);
        var result = script.differentiate(scope, "end_gradients", hidden[config.layers()], inputs.targets(), weights,
                model.ends(),
                config.normEpsilon(),
                endRows, values(end));
        hidden[config.layers()].close();
        found[0] = result[0];
        keep(found, end, result, 2);
        var gradient = result[1];                                                                    // [N, T, D]
        for (int layer = config.layers() - 1; layer >= 0; layer--) {
            var own = parametersOf(layer);
            result = script.differentiate(scope, "layer_gradients", hidden[layer], gradient, inputs.tables().cos(layer),
                    inputs.tables().sin(layer), inputs.documents(), model.layer(layer), config.heads(), config.kvHeads(),
                    config.normEpsilon(), values(own));
            hidden[layer].close();
            gradient.close();
            gradient = result[0];
            keep(found, own, result, 1);
        }
        for (int index : parametersOf(TrainedModel.EMBEDDING)) {
            var looked = script.differentiate(scope, "embedding_gradient", inputs.ids(), gradient, model.embedding());
            if (found[index + 1] == null) {
                found[index + 1] = looked[0];
            } else {
                script.run("accumulate", new PtNDArray[] {found[index + 1]}, looked);
                looked[0].close();
            }
        }
        gradient.close();
        return found;
    }

    private PtNDArray forward(PtNDManager work, PtNDArray hidden, Inputs inputs, int layer) {
        var config = model.config();
        return script.tensor(work, "training_layer", hidden, inputs.tables().cos(layer), inputs.tables().sin(layer), inputs.documents(),
                model.layer(layer), config.heads(), config.kvHeads(), config.normEpsilon());
    }

    private static void keep(PtNDArray[] found, int[] parameters, PtNDArray[] result, int from) {
        for (int i = 0; i < parameters.length; i++) {
            found[parameters[i] + 1] = result[from + i];
        }
    }

    private int[] parametersOf(int layer) {
        return IntStream.range(0, model.parameters().size()).filter(i -> model.parameters().get(i).layer() == layer).toArray();
    }

    private PtNDArray[] values(int[] indices) {
        return IntStream.of(indices).mapToObj(i -> model.parameters().get(i).value()).toArray(PtNDArray[]::new);
    }

    private static int[] concat(int[] first, int[] second) {
        return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    }

    private Inputs inputs(PtNDManager work, List<Sequence> sequences) {
        int length = sequences.get(0).length();
        var shape = new Shape(sequences.size(), length);
        var ids = DeviceMemory.of(work, sequences.stream().flatMapToInt(sequence -> IntStream.of(sequence.inputs())).asLongStream()
                .toArray(), shape);
        var targets = DeviceMemory.of(work, sequences.stream().flatMapToInt(sequence -> IntStream.of(sequence.targets())).asLongStream()
                .toArray(), shape);
        boolean packed = sequences.stream().anyMatch(sequence -> sequence.documents().length > 1);
        var documents = packed ? sequences.stream().flatMapToInt(Sequence::documentLengths).asLongStream().toArray() : new long[0];
        return new Inputs(ids, targets, tables.of(work, sequences), IValue.listFrom(documents));
    }
}
