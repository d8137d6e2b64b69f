package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.CheckpointFiles;
import io.longrope.evaluator.text.Root;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.ModelReference;

import java.nio.file.Path;
import java.util.List;

/**
 * The directories a worker opens checkpoints below, and nowhere else.
 *
 * @param roots looked through in order, at least one: base models may be in one place, what jobs have fine-tuned in another
 */
record ModelRoots(List<Root> roots) {

    /**
     * Below the first root that has the path.
     *
     * @throws BadInput when none has; the complaint is the first root's
     */
    Path directory(ModelReference reference) {
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
}
