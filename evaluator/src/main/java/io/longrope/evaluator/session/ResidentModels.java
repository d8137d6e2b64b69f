package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.LanguageModel;
import io.longrope.evaluator.decoder.Placement;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Arithmetic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The models a session has in memory: those last used, so that the next task of one need not load it again. A model's weights are in
 * memory once, whatever the number of threads that use it. A use that does not fit beside what others hold waits until they have given
 * enough of it back; models nobody uses make room first.
 */
final class ResidentModels {

    private static final Logger LOG = LoggerFactory.getLogger(ResidentModels.class);

    /** @param placement where its layers are; the same model may be there whole and with layers that are read */
    private record Key(ModelSession.Loaded loaded, Placement placement) {
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
    private final int most;
    private final ModelSession.Loader loader;
    private final Supplier<List<Long>> memories;
    /** Least recently used first. */
    private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    /** Bytes of uses and reservations that are open, weights in {@link #entries} not included. */
    private Amounts inUse = Amounts.NONE;
    private int open;
    private boolean closed;

    /**
     * @param most     models kept at a time
     * @param memories bytes of each device that everything together may take
     */
    ResidentModels(List<Device> devices, int most, ModelSession.Loader loader, Supplier<List<Long>> memories) {
        this.devices = devices;
        this.most = most;
        this.loader = loader;
        this.memories = memories;
    }

    /** The models in memory, the one last used first. */
    synchronized List<ModelSession.Loaded> loaded() {
        var loaded = new ArrayList<ModelSession.Loaded>();
        entries.forEach((key, entry) -> {
            if (entry.model != null) {
                loaded.remove(key.loaded);
                loaded.add(0, key.loaded);
            }
        });
        return loaded;
    }

    /** Of a model that is in memory, or being loaded. */
    synchronized Optional<Checkpoint> checkpoint(ModelSession.Loaded loaded) {
        return entries.entrySet().stream().filter(entry -> entry.getKey().loaded.equals(loaded)).map(entry -> entry.getValue().checkpoint)
                .findFirst();
    }

    /** Where a model's layers are, once for each way in which it is in memory. */
    synchronized List<Placement> placements(ModelSession.Loaded loaded) {
        return entries.keySet().stream().filter(key -> key.loaded.equals(loaded)).map(Key::placement).toList();
    }

    /**
     * A model for a use, loaded by this thread if it is not there. A thread that waits here for memory must hold none of the session.
     *
     * @param plan of the use, which fits the devices when nothing else is there
     */
    OpenModel open(ModelSession.Loaded loaded, Checkpoint checkpoint, ModelPlan plan, Arithmetic arithmetic) throws InterruptedException {
        var own = Amounts.own(plan);
        var key = new Key(loaded, plan.placement());
        var entry = enter(key, checkpoint, plan);
        try {
            if (entry.model == null) {
                var where = plan.placement().describe();
                if (!where.isEmpty()) {
                    LOG.info("{}: {}", loaded.directory(), where);
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

    /** Takes memory for something else than a model, once there is room. */
    synchronized void reserve(Amounts bytes) throws InterruptedException {
        for (makeRoom(bytes, null); !fits(bytes); makeRoom(bytes, null)) {
            wait();
        }
        inUse = inUse.plus(bytes);
        open++;
    }

    /** Gives back what was reserved. */
    synchronized void leave(Amounts bytes) {
        inUse = inUse.minus(bytes);
        open--;
        notifyAll();
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
            if (!isBeingLoaded && fits(needed) && (known != null || entries.size() < most)) {
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
        while (idle.hasNext() && (!fits(needed.minus(freed)) || wanted == null && entries.size() - closing.size() >= most)) {
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
        return held.plus(Amounts.each(devices.size(), PassMemory.PROCESS_BYTES)).fits(memories.get());
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
        entry.users--;
        leave(bytes);
    }

    /** Closes models nobody uses at the moment. */
    synchronized void freeIdle() {
        var idle = entries.values().stream().filter(Entry::isIdle).toList();
        entries.values().removeAll(idle);
        idle.forEach(Entry::close);
        notifyAll();
    }

    /** Waits until everything open is closed, for memory in use is never freed, and frees all models. An interrupt does not shorten it. */
    synchronized void close() {
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
