package io.longrope.search.evolution;

import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Turns an operator that may repeat itself into one that never does. */
final class Novelty {

    /** As in Microsoft's release. */
    private static final int TRIES = 20;

    private final SearchSpace space;
    private final Archive archive;
    private final RandomGenerator random;

    Novelty(SearchSpace space, Archive archive, RandomGenerator random) {
        this.space = space;
        this.archive = archive;
        this.random = random;
    }

    /**
     * Up to {@code count} untried points, claimed: the preferred way first; where that only repeats known points the
     * second way; then any valid point. Fewer only where the space seems used up.
     */
    List<Point> claim(int count, Supplier<Point> preferred, Supplier<Point> second) {
        var claimed = new ArrayList<Point>(count);
        for (int i = 0; i < count; i++) {
            attempt(preferred).or(() -> attempt(second)).or(() -> attempt(() -> space.uniform(random))).ifPresent(claimed::add);
        }
        return claimed;
    }

    /** The valid points nearest to the seeds, each once, claimed. */
    List<Point> firstOf(List<Candidate> seeds) {
        return seeds.stream().map(space::nearest).filter(archive::claim).toList();
    }

    /** Up to {@code count} untried points drawn uniformly, claimed. */
    List<Point> uniform(int count) {
        return claim(count, () -> space.uniform(random), () -> space.uniform(random));
    }

    private Optional<Point> attempt(Supplier<Point> proposal) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            var point = proposal.get();
            if (archive.claim(point)) {
                return Optional.of(point);
            }
        }
        return Optional.empty();
    }
}
