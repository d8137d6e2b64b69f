package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.CheckpointFiles;
import io.longrope.evaluator.text.Root;
import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directories below which a worker opens files, and nowhere else, whatever a message asks for.
 *
 * @param models of checkpoints, looked through in order, at least one
 * @param data   of texts
 * @param runs   of what jobs write: the only one written to. Their checkpoints are found below it; empty = this worker does not train
 */
public record Roots(List<Root> models, Root data, Optional<Root> runs) {

    public Roots {
        models = List.copyOf(models);
    }

    /**
     * A checkpoint below the first root that has it.
     *
     * @throws BadInput when none has; the complaint is that of the first root that knows a way out, else the first root's
     */
    Path model(String path) {
        var all = new ArrayList<>(models);
        runs.ifPresent(all::add);
        BadInput complaint = null;
        for (var root : all) {
            try {
                var directory = root.resolve(path);
                CheckpointFiles.requireBelow(root.directory(), "--models", directory);
                return directory;
            } catch (BadInput e) {
                complaint = complaint == null || !hasWayOut(complaint) && hasWayOut(e) ? e : complaint;
            }
        }
        throw complaint;
    }

    private static boolean hasWayOut(BadInput complaint) {
        return complaint.problems().stream().anyMatch(problem -> !problem.wayOut().isEmpty());
    }

    /** @throws BadInput when it is missing or elsewhere */
    Path text(String path) {
        return data.resolve(path);
    }

    /**
     * A directory below the runs root, made when it is not there.
     *
     * @param path plain names separated by /
     * @throws BadInput when there is no runs root, or links lead out of it
     */
    Path forWriting(String path) throws IOException {
        var directory = runsRoot().directory();
        for (var name : path.split("/")) {
            directory = directory.resolve(name);
            if (!Files.exists(directory)) {
                Files.createDirectories(directory);
            }
            runsRoot().requireInside(directory);
        }
        return directory;
    }

    /** @throws BadInput when there is none */
    Root runsRoot() {
        return runs.orElseThrow(() -> new BadInput("--runs", "must be given to a worker that trains", "none", ""));
    }
}
