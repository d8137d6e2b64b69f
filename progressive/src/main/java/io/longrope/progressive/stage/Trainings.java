package io.longrope.progressive.stage;

import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.TextReference;
import io.longrope.search.work.TrainTask;
import io.longrope.search.work.WorkerBoard;
import io.longrope.search.work.WorkerStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Has checkpoints trained, one after the other, and waits for them. */
public final class Trainings {

    private static final Logger LOG = LoggerFactory.getLogger(Trainings.class);
    private static final long LOOK_SECONDS = 2;

    private final Tasks tasks;
    private final WorkerBoard board;
    private final Path runs;
    private final Optional<TextReference> text;
    private final TextReference evaluation;

    /**
     * @param board      where workers tell how far they are
     * @param runs       the directory that workers know as their runs root
     * @param text       trained on; empty when no stage trains
     * @param evaluation the evaluation text
     */
    public Trainings(Tasks tasks, WorkerBoard board, Path runs, Optional<TextReference> text, TextReference evaluation) {
        this.tasks = tasks;
        this.board = board;
        this.runs = runs;
        this.text = text;
        this.evaluation = evaluation;
    }

    /** The training text of the job. */
    TextReference text() {
        return text.orElseThrow(() -> new IllegalStateException("a plan whose stages train names a text"));
    }

    /** The evaluation text of the job. */
    TextReference evaluation() {
        return evaluation;
    }

    /**
     * What came of a training, at once where that is known.
     *
     * @throws io.longrope.search.work.TaskGivenUp when it was given up
     */
    StageModel train(TrainTask task, StageListener listener) throws InterruptedException {
        var answer = tasks.submit(List.of(task)).get(0);
        boolean known = answer.isDone();
        if (known) {
            listener.note(task.name(), "already trained");
        } else {
            listener.trainingStarted(task.name(), task.settings().steps());
        }
        var outcome = await(answer, task, listener).outcome();
        var model = model(task, outcome.as(Outcome.Trained.class).orElseThrow(() -> new BadInput("training " + task.name(),
                "must come to a checkpoint", outcome.as(Outcome.Diverged.class).map(Outcome.Diverged::reason).orElse(outcome.word()),
                "a lower learning-rate or a longer warm-up may help")));
        if (!known) {
            lastLoss(model.directory()).ifPresent(loss ->
                    listener.trained(task.name(), task.settings().steps(), task.settings().steps(), loss));
        }
        return model;
    }

    /** Of the last step, as the built-in trainer leaves it in a line for each beside the weights. */
    private static OptionalDouble lastLoss(Path directory) {
        var steps = directory.resolve("training.jsonl");
        try (var lines = Files.lines(steps)) {
            var last = lines.reduce((earlier, later) -> later);
            return last.isPresent() ? OptionalDouble.of(Json.mapper().readTree(last.get()).path("loss").asDouble())
                    : OptionalDouble.empty();
        } catch (NoSuchFileException e) {
            return OptionalDouble.empty();
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} cannot be read: {}", steps, e.getMessage());
            return OptionalDouble.empty();
        }
    }

    private StageModel model(TrainTask task, Outcome.Trained trained) {
        var directory = runs.resolve(trained.directory());
        if (!Files.isDirectory(directory)) {
            throw new BadInput(directory.toString(), "must be the checkpoint that came of training " + task.name(), "missing",
                    "give driver and workers the same --runs directory; a checkpoint that was removed must be put back");
        }
        // whichever attempt wrote it
        var place = Path.of(trained.directory()).getName(0) + "/" + Path.of(trained.directory()).getName(1);
        return new StageModel(place, new ModelReference(trained.directory(), trained.fingerprint(), task.model().startToken()), directory);
    }

    private Result await(CompletableFuture<Result> answer, TrainTask task, StageListener listener) throws InterruptedException {
        int told = 0;
        while (true) {
            try {
                return answer.get(LOOK_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                told = tell(task, listener, told);
            } catch (ExecutionException e) {
                throw Answers.failure(e);
            }
        }
    }

    /** @return steps told of so far */
    private int tell(TrainTask task, StageListener listener, int told) {
        var now = board.workers().stream().flatMap(worker -> worker.doing().stream())
                .filter(doing -> doing.task().equals(task.id())).flatMap(doing -> doing.training().stream())
                .filter(training -> training.step() > told).max((one, other) -> Integer.compare(one.step(), other.step()));
        now.ifPresent(training -> listener.trained(task.name(), training.step(), training.steps(), training.loss()));
        return now.map(WorkerStatus.Training::step).orElse(told);
    }
}
