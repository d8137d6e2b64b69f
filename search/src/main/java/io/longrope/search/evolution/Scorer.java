package io.longrope.search.evolution;

import java.util.concurrent.CompletableFuture;

/** Measures trials: what a {@link SearchLoop} asks for an answer. {@link Rungs} does it sample by sample. */
@FunctionalInterface
public interface Scorer {

    /**
     * Without waiting, so that many workers can share a generation. What comes must not depend on how the work was shared, or the
     * search is no longer reproducible.
     */
    CompletableFuture<Measurement> measure(Trial trial);
}
