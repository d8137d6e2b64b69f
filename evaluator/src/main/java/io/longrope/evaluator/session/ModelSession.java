package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.LanguageModel;
import io.longrope.evaluator.decoder.Placement;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The only way to a model in memory, for a worker and for every command. It plans the memory of each use before anything is allocated and
 * refuses what a device cannot hold; {@link ResidentModels} keeps the models last used. Several devices share its layers; a model too
 * large for their memory is scored all the same, as many of its layers as it takes read one after the other.
 *
 * <p>Several threads may share a session. A use that fits the device, but not beside what the others hold at the moment, waits until
 * they have given enough of it back.
 */
public final class ModelSession implements AutoCloseable {

    /**
     * @param models models kept in memory at a time, at least 1: the one unused for longest makes room before another is loaded
     * @param memory bytes of each device to keep within; empty = all memory of the device
     */
    public record Limits(int models, OptionalLong memory) {

        /** A search and the report on its result may take turns with two models. */
        public static final Limits USUAL = new Limits(2, OptionalLong.empty());

        public Limits {
            Require.atLeast(1, models, "models kept");
            Require.present(memory, "memory limit");
        }
    }

    /** Brings a checkpoint into memory. */
    @FunctionalInterface
    public interface Loader {

        /** What it has taken it gives back when it fails. */
        LanguageModel load(Checkpoint checkpoint, DecoderOptions options);
    }

    /**
     * A model that is in memory.
     *
     * @param fingerprint where one was asked for
     */
    public record Loaded(Path directory, Optional<String> fingerprint, Precision precision) {
    }

    private final List<Device> devices;
    private final Limits limits;
    private final ResidentModels resident;
    public ModelSession(Device device, Limits limits) {
        this(device, limits, Decoder::load);
    }

    /** @param loader in place of the decoder's */
    public ModelSession(Device device, Limits limits, Loader loader) {
        this(List.of(device), limits, loader);
    }

    /** @param devices which share the layers of each model, at least 1 */
    public ModelSession(List<Device> devices, Limits limits) {
        this(devices, limits, Decoder::load);
    }

    /** @param loader in place of the decoder's */
    public ModelSession(List<Device> devices, Limits limits, Loader loader) {
        this.devices = List.copyOf(devices);
        Require.that(!devices.isEmpty(), "devices", "must be at least one", devices);
        this.limits = Require.present(limits, "limits");
        resident = new ResidentModels(this.devices, limits.models(), Require.present(loader, "loader"), this::memories);
    }

    /** Where models are trained, and whatever else has one device only. */
    public Device device() {
        return devices.get(0);
    }

    /** Which share the layers of models that are scored. */
    public List<Device> devices() {
        return devices;
    }

    /**
     * Bytes that everything in this session may take together of its first device.
     *
     * @throws BadInput when the device does not tell how much it has and no limit is given: nothing is then known to fit
     */
    public long memory() {
        return memory(device());
    }

    /** The same of each device, in their order. */
    public List<Long> memories() {
        return devices.stream().map(this::memory).toList();
    }

    /** Of the device that may give least. */
    public long leastMemory() {
        return Collections.min(memories());
    }

    private long memory(Device device) {
        return known(device).orElseThrow(() -> new BadInput("memory of " + device, "must be known",
                "not told by its driver", "say with --memory-limit how much of it may be used"));
    }

    /** A device that is named several times is shared by as many. */
    private OptionalLong known(Device device) {
        var all = limits.memory().isPresent() ? limits.memory() : device.memoryBytes();
        return all.isEmpty() ? all : OptionalLong.of(all.getAsLong() / Collections.frequency(devices, device));
    }

    /**
     * By which a use would go here: with the whole model in memory where that fits, or where nobody tells what does.
     *
     * @param chunk rows of the sequence at a time
     */
    public ModelPlan plan(ModelConfig model, Precision precision, int chunk, ModelUse use) {
        return ModelPlan.of(devices, devices.stream().map(device -> known(device).orElse(Long.MAX_VALUE)).toList(), model, precision, chunk,
                use);
    }

    /**
     * A checkpoint in memory, ready for a use until it is closed. A thread that waits here for memory must hold none of this session.
     *
     * @param directory   the checkpoint's
     * @param fingerprint what the checkpoint's must be, where that matters
     * @param arithmetic  decides the bits of what is computed
     * @throws BadInput             when the checkpoint is missing, broken or another, or when the device cannot hold the use
     * @throws InterruptedException while it waits for others to give memory back
     */
    public OpenModel open(Path directory, Optional<String> fingerprint, Arithmetic arithmetic, ModelUse use) throws InterruptedException {
        var loaded = new Loaded(directory.toAbsolutePath().normalize(), fingerprint, arithmetic.precision());
        var checkpoint = resident.checkpoint(loaded).orElseGet(() -> checked(loaded));
        var plan = here(loaded, checkpoint, arithmetic, use);
        plan.requireFits(memories());
        return resident.open(loaded, checkpoint, plan, arithmetic);
    }

    /** With a model's layers where they are, should some of them have to be read anyway, rather than loaded again for another length. */
    private ModelPlan here(Loaded loaded, Checkpoint checkpoint, Arithmetic arithmetic, ModelUse use) {
        var plan = plan(checkpoint.config(), arithmetic.precision(), arithmetic.chunk(), use);
        if (plan.placement().streamed() == 0) {
            return plan;
        }
        return resident.placements(loaded).stream().filter(placement -> placement.streamed() > 0)
                .map(placement -> ModelPlan.at(placement, checkpoint.config(), arithmetic.precision(), arithmetic.chunk(), use))
                .filter(tried -> tried.fits(memories())).findFirst().orElse(plan);
    }

    /**
     * Memory for a run that brings its own weights: training, or a model of random weights. A thread that waits here must hold none of
     * this session.
     *
     * @throws BadInput             when the device cannot hold it
     * @throws InterruptedException while it waits for others to give memory back
     */
    public Reservation reserve(MemoryPlan plan) throws InterruptedException {
        plan.requireFits(memory());
        var bytes = Amounts.ofFirst(plan.own() + plan.bytes(MemoryPlan.Part.WEIGHTS));
        resident.reserve(bytes);
        return new Reservation(device(), () -> resident.leave(bytes));
    }

    /**
     * How a model is trained here: with as many micro-batches beside each other as there are cores and memory for, and on a GPU, which one
     * of them fills, one at a time. The number changes no bit of the result.
     */
    public ModelUse.Training training(ModelConfig model, int length, TrainingSettings settings, Optional<LoraSettings> lora) {
        var alone = ModelUse.Training.alone(length, settings, lora);
        int most = device().gpu().isPresent() ? 1
                : Math.min(settings.batch() / settings.microBatch(), Runtime.getRuntime().availableProcessors());
        for (int parallel = most; parallel > 1; parallel--) {
            if (MemoryPlan.of(device(), model, settings.precision(), alone.with(parallel)).total() <= memory()) {
                return alone.with(parallel);
            }
        }
        return alone;
    }

    /** The models in memory, the one last used first: a worker prefers tasks of these. */
    public List<Loaded> loaded() {
        return resident.loaded();
    }

    /** Gives back the memory of models nobody uses at the moment, and what the device's allocator has kept. */
    public void freeIdle() {
        resident.freeIdle();
        devices.forEach(Device::freeCaches);
    }

    private static Checkpoint checked(Loaded key) {
        var checkpoint = Checkpoint.open(key.directory());
        key.fingerprint().filter(expected -> !expected.equals(checkpoint.fingerprint())).ifPresent(expected -> {
            throw new BadInput(key.directory().toString(), "must be the checkpoint with fingerprint " + expected, checkpoint.fingerprint(),
                    "give every worker the same checkpoint");
        });
        return checkpoint;
    }

    /** Waits until everything open is closed, for memory in use is never freed, and frees all models. An interrupt does not shorten it. */
    @Override
    public void close() {
        resident.close();
    }
}
