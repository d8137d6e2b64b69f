package io.longrope.evaluator.training.internal;

import io.longrope.search.work.ShortContext;

import java.util.List;
import java.util.Optional;

/** The data of a training run: a function of the step alone, so that a resumed run reads what an undisturbed one would have. */
@FunctionalInterface
public interface SequenceSource {

    /** @return {@code count} sequences of one length */
    List<Sequence> at(int step, int count);

    /** How tokens are weighted by what far text is worth; empty = all the same. */
    default Optional<ShortContext> longCe() {
        return Optional.empty();
    }
}
