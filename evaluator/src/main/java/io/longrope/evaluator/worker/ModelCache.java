package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.text.Root;
import io.longrope.search.evaluation.ModelReference;
import io.longrope.search.evaluation.Precision;
import io.longrope.search.problem.BadInput;

import java.util.LinkedHashMap;
import java.util.Map;

/** The checkpoints last used, in memory; the one unused for longest makes room before another is loaded. */
final class ModelCache implements AutoCloseable {

    private final Root root;
    private final LoadedModel.Loader loader;
    private final int capacity;
    private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    ModelCache(Root root, LoadedModel.Loader loader, int capacity) {
        this.root = root;
        this.loader = loader;
        this.capacity = capacity;
    }

    private record Key(ModelReference reference, Precision precision) {
    }

    record Entry(Checkpoint checkpoint, LoadedModel model) {
    }

    /** @throws BadInput when the checkpoint is missing, broken, or another than the reference names */
    Entry get(ModelReference reference, Precision precision) {
        var key = new Key(reference, precision);
        var known = entries.get(key);
        if (known != null) {
            return known;
        }
        var directory = root.resolve(reference.path());
        var checkpoint = Checkpoint.open(directory);
        if (!checkpoint.fingerprint().equals(reference.fingerprint())) {
            throw new BadInput(directory.toString(), "must be the checkpoint with fingerprint " + reference.fingerprint(),
                    checkpoint.fingerprint(), "give every worker the same checkpoint");
        }
        while (entries.size() >= capacity) {
            var eldest = entries.keySet().iterator().next();
            close(entries.remove(eldest));
        }
        var entry = new Entry(checkpoint, loader.load(checkpoint, precision));
        entries.put(key, entry);
        return entry;
    }

    @Override
    public void close() {
        entries.values().forEach(ModelCache::close);
        entries.clear();
    }

    private static void close(Entry entry) {
        entry.model().close();
        entry.checkpoint().tokenizer().close();
    }
}
