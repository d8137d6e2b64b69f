package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointFiles;
import io.longrope.evaluator.metric.NeedlePrompt;
import io.longrope.evaluator.metric.RetrievalPrompt;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanSurroundings;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.progressive.stage.PlanFacts;
import io.longrope.search.work.Retrieval;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.rope.RopeGeometry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Checkpoints and texts below the two roots of this machine.
 *
 * @param models root of checkpoints
 * @param data   root of texts
 * @param tokens where token files of the texts lie, asked for when a plan is checked
 */
public record LocalFiles(Path models, Path data, Supplier<TokenStore> tokens) implements PlanSurroundings {

    /** For looking files up: a plan cannot be checked against what its texts hold. */
    public LocalFiles(Path models, Path data) {
        this(models, data, () -> {
            throw new IllegalStateException("these files were given no store of tokens");
        });
    }

    @Override
    public Optional<RopeGeometry> geometry(String model) {
        return Optional.of(checkpoint(model).config().rope());
    }

    @Override
    public void checkText(String text) {
        var path = below(data, "data", text);
        if (!Files.isReadable(path) && !Corpus.isPattern(text)) {
            throw new BadInput("data", "must name a readable text below " + data, text + ", which is missing", "--data sets the root");
        }
        Corpus.below(Root.of(data, "--data"), text);
    }

    @Override
    public List<Problem> check(JobPlan plan) {
        try {
            return PlanCheck.problems(plan, facts(plan));
        } catch (BadInput e) {
            return e.problems();
        }
    }

    /** Reads checkpoint and texts; no weights. */
    private PlanFacts facts(JobPlan plan) {
        var checkpoint = checkpoint(plan.model());
        var config = checkpoint.config();
        plan.data().training().ifPresent(this::checkText);
        checkText(plan.data().evaluation());
        var store = tokens.get();
        try (var tokenizer = checkpoint.tokenizer()) {
            var evaluation = new SampleSets(Root.of(data, "--data"), store).shares(tokenizer, plan.data().evaluation());
            var training = plan.data().training()
                    .map(text -> OptionalLong.of(store.tokens(Corpus.below(Root.of(data, "--data"), text), tokenizer).length()));
            return new PlanFacts(Optional.of(config), OptionalInt.of(NeedlePrompt.shortest(tokenizer, checkpoint.startToken())),
                    OptionalInt.of(RetrievalPrompt.shortest(Retrieval.PASSKEY, tokenizer, checkpoint.startToken())),
                    Optional.of(evaluation),
                    training.orElseGet(OptionalLong::empty), Map.of());
        }
    }

    /** @throws BadInput when there is none that can be read */
    public Checkpoint checkpoint(String model) {
        return Checkpoint.open(checkpointDirectory(model));
    }

    /** @throws BadInput when there is no directory of that name below the root */
    public Path checkpointDirectory(String model) {
        var directory = below(models, "model", model);
        if (!Files.isDirectory(directory)) {
            throw new BadInput("model", "must name a checkpoint directory below " + models, model + ", which is missing",
                    "--models sets the root");
        }
        CheckpointFiles.requireBelow(models, "--models", directory);
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
