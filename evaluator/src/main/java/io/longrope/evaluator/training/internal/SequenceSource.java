package io.longrope.evaluator.training.internal;

import java.util.List;

/** The data of a training run: a function of the step alone, so that a resumed run reads what an undisturbed one would have. */
@FunctionalInterface
public interface SequenceSource {

    /** @return {@code count} sequences of one length */
    List<Sequence> at(int step, int count);
}
