package io.longrope.evaluator.session;

import io.longrope.search.work.Arithmetic;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.Placement;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Precision;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The memory that a use of a model takes, part by part, from its configuration alone: nothing is allocated for it, and a published
 * config.json without weights is enough.
 *
 * @param use   what for
 * @param parts bytes of every part, 0 where there is none
 */
public record MemoryPlan(ModelUse use, Map<Part, Long> parts) {

    /** What memory is taken by. */
    public enum Part {
        /** The Java process and PyTorch's libraries; once, whatever the number of models. */
        PROCESS("process", "process"),
        WEIGHTS("weights", "weights"),
        /** Room for two of them, where each pass reads some layers' weights. */
        LAYERS_READ("layers read", "layersRead"),
        /** In float32 beside weights in 16 bits. */
        MASTERS("master weights", "masters"),
        /** Of the whole sequence, with its token ids and targets. */
        HIDDEN_STATES("hidden states", "hiddenStates"),
        /** Of one layer, or of all layers while generating. */
        KEYS_AND_VALUES("keys and values", "keysAndValues"),
        /** Cosines and sines of the positions. */
        POSITION_TABLES("position tables", "positionTables"),
        /** The feed-forward network, the logits or a sliding window's mask of one chunk. */
        CHUNK("chunk", "chunk"),
        GRADIENTS("gradients", "gradients"),
        /** AdamW's. */
        MOMENTS("moments", "moments"),
        /** What the backward pass reads again. */
        ACTIVATIONS("activations", "activations");

        private final String label;

        private final String key;

        Part(String label, String key) {
            this.label = label;
            this.key = key;
        }

        /** As programs are told it. */
        public String key() {
            return key;
        }

        /** As tables and messages say it. */
        public String label() {
            return label;
        }
    }

    public MemoryPlan {
        Require.present(use, "use");
        Require.present(parts, "parts");
        var all = new EnumMap<Part, Long>(Part.class);
        for (var part : Part.values()) {
            all.put(part, parts.getOrDefault(part, 0L));
        }
        parts = Collections.unmodifiableMap(all);
    }

    /**
     * Of a whole model in the memory of one device.
     *
     * @param device    a CPU takes masks for windows and what malloc leaves unused, a GPU neither
     * @param precision of weights and activations
     * @param chunk     rows of the sequence that scoring and generating take at a time, at least 1; training has a chunk of its own
     */
    public static MemoryPlan of(Device device, ModelConfig model, Precision precision, int chunk, ModelUse use) {
        return of(Placement.Share.whole(device, model.layers()), model, precision, chunk, use);
    }

    /** Of what one device has of a model. */
    static MemoryPlan of(Placement.Share share, ModelConfig model, Precision precision, int chunk, ModelUse use) {
        return new MemoryPlan(use, use.memory(share, model, precision, Require.atLeast(1, chunk, "chunk")));
    }

    /** Whether layers are read from their files for each pass. */
    public boolean readsLayers() {
        return bytes(Part.LAYERS_READ) > 0;
    }

    /** With the chunk that is used where none is asked for. */
    public static MemoryPlan of(Device device, ModelConfig model, Precision precision, ModelUse use) {
        return of(device, model, precision, Arithmetic.USUAL_CHUNK, use);
    }

    /** On a CPU, with the chunk that is used where none is asked for. */
    public static MemoryPlan of(ModelConfig model, Precision precision, ModelUse use) {
        return of(Device.CPU, model, precision, use);
    }

    public long bytes(Part part) {
        return parts.get(part);
    }

    /** Bytes of everything. */
    public long total() {
        return parts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Bytes of what is there for this use alone: neither the process nor the weights, which several uses share. */
    public long own() {
        return total() - bytes(Part.PROCESS) - bytes(Part.WEIGHTS);
    }

    /** Bytes of that many such uses of one model beside each other. */
    public long total(int uses) {
        return bytes(Part.PROCESS) + bytes(Part.WEIGHTS) + uses * own();
    }

    /** One line: {@code 12.6 GiB for scoring 8192 tokens: process 350 MiB, weights 12.2 GiB, …}. */
    public String describe() {
        return Bytes.format(total()) + " for " + use.describe() + (readsLayers() ? " with layers read one after the other" : "") + ": "
                + parts.entrySet().stream().filter(part -> part.getValue() > 0)
                .map(part -> part.getKey().label() + " " + Bytes.format(part.getValue())).collect(Collectors.joining(", "));
    }

    /**
     * @param available bytes of the device, or of the limit a user gave
     * @throws BadInput when it takes more
     */
    public void requireFits(long available) {
        if (total() > available) {
            throw new BadInput("memory", "must hold an estimated " + describe(), Bytes.format(available), use.wayOut());
        }
    }
}
