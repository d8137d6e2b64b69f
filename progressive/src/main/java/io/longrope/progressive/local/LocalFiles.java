package io.longrope.progressive.local;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointFiles;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.NearestFile;
import io.longrope.evaluator.text.Root;
import io.longrope.search.problem.BadInput;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Checkpoints and texts below the two roots of this machine.
 *
 * @param models root of checkpoints
 * @param data   root of texts
 */
public record LocalFiles(Path models, Path data) {

    /** @throws BadInput when there is none, or it lies elsewhere */
    public void checkText(String text) {
        var path = below(data, "data", text);
        if (!Files.isReadable(path) && !Corpus.isPattern(text)) {
            throw new BadInput("data", "must name a readable text below " + data, text + ", which is missing",
                    wayOut(data, "--data", path));
        }
        Corpus.below(Root.of(data, "--data"), text);
    }

    /**
     * The directory or GGUF file of a model.
     *
     * @throws BadInput when there is neither below the root
     */
    public Path checkpoint(String model) {
        var directory = below(models, "model", model);
        if (!Checkpoint.isAt(directory)) {
            throw new BadInput("model", "must name a checkpoint directory or a GGUF file below " + models, model
                    + (Files.exists(directory) ? ", which is another file" : ", which is missing"), wayOut(models, "--models", directory));
        }
        CheckpointFiles.requireBelow(models, "--models", directory);
        return directory;
    }

    private static String wayOut(Path root, String option, Path missing) {
        return NearestFile.below(root.toAbsolutePath().normalize(), root.toAbsolutePath().normalize().relativize(missing))
                .map(near -> near + " ").orElse("") + option + " sets the root";
    }

    private static Path below(Path root, String key, String name) {
        // a root may be ., which has no name of its own
        var absolute = root.toAbsolutePath().normalize();
        var path = absolute.resolve(name).normalize();
        if (!path.startsWith(absolute)) {
            throw new BadInput(key, "must lie below " + root, name, "");
        }
        return path;
    }
}
