package io.longrope.evaluator.worker;

import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.GenerateTask;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.KeyTokensTask;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.Task;
import io.longrope.search.work.TrainTask;

import java.util.Optional;
import java.util.OptionalInt;

/** How a task that ran out of memory is tried again: with half the chunk, where it may have other bits. Training may not. */
final class SmallerChunk implements Task.Kinds<Optional<Task>, RuntimeException> {

    private OptionalInt taken = OptionalInt.empty();

    /** Rows at a time of the try it last led to; empty when it led to none. */
    OptionalInt taken() {
        return taken;
    }

    @Override
    public Optional<Task> inspect(InspectTask task) {
        return Optional.empty();
    }

    @Override
    public Optional<Task> score(ScoreTask task) {
        return smaller(task.arithmetic()).map(smaller -> new ScoreTask(task.model(), task.sample(), task.objective(), task.candidate(),
                task.window(), task.borders(), task.keys(), task.gradient(), smaller));
    }

    @Override
    public Optional<Task> keyTokens(KeyTokensTask task) {
        return smaller(task.arithmetic()).map(smaller -> new KeyTokensTask(task.model(), task.reader(), task.sample(), task.candidate(),
                task.context(), smaller));
    }

    @Override
    public Optional<Task> generate(GenerateTask task) {
        return smaller(task.arithmetic()).map(smaller -> new GenerateTask(task.model(), task.retrieval(), task.length(), task.depth(),
                task.trials(), task.seed(), task.candidate(), task.window(), smaller));
    }

    @Override
    public Optional<Task> train(TrainTask task) {
        return Optional.empty();
    }

    private Optional<Arithmetic> smaller(Arithmetic arithmetic) {
        var smaller = arithmetic.smaller();
        smaller.ifPresent(one -> taken = OptionalInt.of(one.chunk()));
        return smaller;
    }
}
