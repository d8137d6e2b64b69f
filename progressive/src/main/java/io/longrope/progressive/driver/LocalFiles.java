package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.metric.NeedlePrompt;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.Root;
import io.longrope.search.job.PlanSurroundings;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeGeometry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Checkpoints and texts below the two roots of this machine.
 *
 * @param models root of checkpoints
 * @param data   root of texts
 */
public record LocalFiles(Path models, Path data) implements PlanSurroundings {

    @Override
    public Optional<RopeGeometry> geometry(String model) {
        return Optional.of(checkpoint(model).config().rope());
    }

    @Override
    public OptionalInt shortestNeedle(String model) {
        var checkpoint = checkpoint(model);
        try (var tokenizer = checkpoint.tokenizer()) {
            return OptionalInt.of(NeedlePrompt.shortest(tokenizer, checkpoint.config().bosTokenId()));
        }
    }

    @Override
    public void checkText(String text) {
        var path = below(data, "data", text);
        if (!Files.isReadable(path) && !Corpus.isPattern(text)) {
            throw new BadInput("data", "must name a readable text below " + data, text + ", which is missing", "--data sets the root");
        }
        Corpus.below(Root.of(data, "--data"), text);
    }

    /** @throws BadInput when there is none that can be read */
    public Checkpoint checkpoint(String model) {
        return Checkpoint.open(checkpointDirectory(model));
    }

    /** @throws BadInput when there is no directory of that name below the root */
    public Path checkpointDirectory(String model) {
        var directory = below(models, "model", model);
        if (!Files.isDirectory(directory)) {
            throw new BadInput("model", "must name a checkpoint directory below " + models, model + ", which is missing", "--models sets the root");
        }
        return directory;
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
