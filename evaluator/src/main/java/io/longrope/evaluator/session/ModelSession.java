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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The only way to a model in memory, for a worker and for every command. It plans the memory of each use before anything is
 * allocated and refuses what a device cannot hold; it keeps the models last used, so that the next task of one need not load it again;
 * and a model's weights are in memory once, whatever the number of threads that use it. Several devices share its layers; a model too
 * large for their memory is scored all the same, as many of its layers as it takes read one after the other.
 *
 * <p>Several threads may share a session. A use that fits the device, but not beside what the others hold at the moment, waits until
 * they have given enough of it back.
 */
public final class ModelSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ModelSession.class);

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

    /** @param placement where its layers are; the same model may be there whole and with layers that are read */
    private record Key(Loaded loaded, Placement placement) {
    }

    /** A model that is in memory, or is being loaded while {@code model} is null. */
    private static final class Entry {

        private final Checkpoint checkpoint;
        private final Amounts bytes;
        private LanguageModel model;
        private int users;

        private Entry(Checkpoint checkpoint, Amounts bytes) {
            this.checkpoint = checkpoint;
            this.bytes = bytes;
        }

        private boolean isIdle() {
            return model != null && users == 0;
        }

        private void close() {
            model.close();
            checkpoint.tokenizer().close();
        }
    }

    private final List<Device> devices;
    private final Limits limits;
    private final Loader loader;
    /** Least recently used first. */
    private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    /** Bytes of uses and reservations that are open, weights in {@link #entries} not included. */
    private Amounts inUse = Amounts.NONE;
    private int open;
    private boolean closed;

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
        this.loader = Require.present(loader, "loader");
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

    /** The models in memory, the one last used first: a worker prefers tasks of these. */
    public synchronized List<Loaded> loaded() {
        var loaded = new ArrayList<Loaded>();
        entries.forEach((key, entry) -> {
            if (entry.model != null) {
                loaded.remove(key.loaded);
                loaded.add(0, key.loaded);
            }
        });
        return loaded;
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
        var checkpoint = known(loaded).orElseGet(() -> checked(loaded));
        var plan = here(loaded, checkpoint, arithmetic, use);
        plan.requireFits(memories());
        var own = Amounts.own(plan);
        var key = new Key(loaded, plan.placement());
        var entry = enter(key, checkpoint, plan);
        try {
            if (entry.model == null) {
                var where = plan.placement().describe();
                if (!where.isEmpty()) {
                    LOG.info("{}: {}", directory, where);
                }
                load(entry, new DecoderOptions(plan.placement().shares().get(0).device(), arithmetic.precision(), arithmetic.chunk(),
                        arithmetic.threads(), Optional.of(plan.placement())));
            }
            return new OpenModel(entry.checkpoint, entry.model.with(arithmetic.chunk(), arithmetic.threads()), () -> leave(entry, own));
        } catch (RuntimeException | Error e) {
            abandon(key, entry, own);
            throw e;
        }
    }

    /** With a model's layers where they are, should some of them have to be read anyway, rather than loaded again for another length. */
    private ModelPlan here(Loaded loaded, Checkpoint checkpoint, Arithmetic arithmetic, ModelUse use) {
        var plan = plan(checkpoint.config(), arithmetic.precision(), arithmetic.chunk(), use);
        if (plan.placement().streamed() == 0) {
            return plan;
        }
        synchronized (this) {
            return entries.keySet().stream().filter(key -> key.loaded.equals(loaded) && key.placement.streamed() > 0)
                    .map(key -> ModelPlan.at(key.placement, checkpoint.config(), arithmetic.precision(), arithmetic.chunk(), use))
                    .filter(tried -> tried.fits(memories())).findFirst().orElse(plan);
        }
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
        synchronized (this) {
            for (makeRoom(bytes, null); !fits(bytes); makeRoom(bytes, null)) {
                wait();
            }
            inUse = inUse.plus(bytes);
            open++;
        }
        return new Reservation(device(), () -> leave(null, bytes));
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

    private synchronized Optional<Checkpoint> known(Loaded loaded) {
        return entries.entrySet().stream().filter(entry -> entry.getKey().loaded.equals(loaded)).map(entry -> entry.getValue().checkpoint)
                .findFirst();
    }

    private static Checkpoint checked(Loaded key) {
        var checkpoint = Checkpoint.open(key.directory());
        key.fingerprint().filter(expected -> !expected.equals(checkpoint.fingerprint())).ifPresent(expected -> {
            throw new BadInput(key.directory().toString(), "must be the checkpoint with fingerprint " + expected, checkpoint.fingerprint(),
                    "give every worker the same checkpoint");
        });
        return checkpoint;
    }

    /** Counts the caller among the users of a model, which it must load itself if the entry has none yet. */
    private synchronized Entry enter(Key key, Checkpoint checkpoint, ModelPlan plan) throws InterruptedException {
        var own = Amounts.own(plan);
        var weights = Amounts.weights(plan);
        while (true) {
            Require.that(!closed, "session", "must be open", "closed");
            var known = entries.get(key);
            var needed = known == null ? own.plus(weights) : own;
            makeRoom(needed, known);
            boolean isBeingLoaded = known != null && known.model == null;
            if (!isBeingLoaded && fits(needed) && (known != null || entries.size() < limits.models())) {
                var entry = known == null ? new Entry(checkpoint, weights) : known;
                entries.put(key, entry);
                entry.users++;
                inUse = inUse.plus(own);
                open++;
                return entry;
            }
            wait();
        }
    }

    /** Closes models nobody uses, the one unused for longest first, until what is needed fits. */
    private void makeRoom(Amounts needed, Entry wanted) {
        var idle = entries.values().stream().filter(entry -> entry.isIdle() && entry != wanted).iterator();
        var closing = new ArrayList<Entry>();
        var freed = Amounts.NONE;
        while (idle.hasNext() && (!fits(needed.minus(freed)) || wanted == null && entries.size() - closing.size() >= limits.models())) {
            var entry = idle.next();
            closing.add(entry);
            freed = freed.plus(entry.bytes);
        }
        entries.values().removeAll(closing);
        closing.forEach(Entry::close);
    }

    private boolean fits(Amounts needed) {
        var held = inUse.plus(needed);
        for (var entry : entries.values()) {
            held = held.plus(entry.bytes);
        }
        return held.plus(Amounts.each(devices.size(), PassMemory.PROCESS_BYTES)).fits(memories());
    }

    /** Outside the lock: it may take minutes, in which others use models that are there. */
    private void load(Entry entry, DecoderOptions options) {
        var model = loader.load(entry.checkpoint, options);
        synchronized (this) {
            entry.model = model;
            notifyAll();
        }
    }

    private synchronized void abandon(Key key, Entry entry, Amounts bytes) {
        if (entry.model == null) {
            entries.remove(key, entry);
            entry.checkpoint.tokenizer().close();
        }
        leave(entry, bytes);
    }

    private synchronized void leave(Entry entry, Amounts bytes) {
        if (entry != null) {
            entry.users--;
        }
        inUse = inUse.minus(bytes);
        open--;
        notifyAll();
    }

    /** Gives back the memory of models nobody uses at the moment, and what the device's allocator has kept. */
    public synchronized void freeIdle() {
        var idle = entries.values().stream().filter(Entry::isIdle).toList();
        entries.values().removeAll(idle);
        idle.forEach(Entry::close);
        devices.forEach(Device::freeCaches);
        notifyAll();
    }

    /** Waits until everything open is closed, for memory in use is never freed, and frees all models. An interrupt does not shorten it. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        boolean interrupted = false;
        while (open > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        entries.values().forEach(Entry::close);
        entries.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
