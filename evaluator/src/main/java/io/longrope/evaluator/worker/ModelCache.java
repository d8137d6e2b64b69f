package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointFiles;
import io.longrope.evaluator.text.Root;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Precision;
import io.longrope.search.problem.BadInput;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The checkpoints last used, in memory; the one unused for longest makes room before another is loaded. */
final class ModelCache implements AutoCloseable {

    private final List<Root> roots;
    private final LoadedModel.Loader loader;
    private final int capacity;
    private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    ModelCache(List<Root> roots, LoadedModel.Loader loader, int capacity) {
        this.roots = roots;
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
        var directory = directory(reference);
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

    /** Below the first root that has the path; where none has, the complaint is the first root's. */
    private Path directory(ModelReference reference) {
        BadInput complaint = null;
        for (var root : roots) {
            try {
                var directory = root.resolve(reference.path());
                CheckpointFiles.requireBelow(root.directory(), "--models", directory);
                return directory;
            } catch (BadInput e) {
                complaint = complaint == null ? e : complaint;
            }
        }
        throw complaint;
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
