package io.longrope.search.evolution.internal;

import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Turns an operator that may repeat itself into one that never does. */
public final class Novelty {

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
     * Up to {@code count} untried points, claimed. Each comes from the first way that does not only repeat known points;
     * fewer where no way finds any more.
     */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public final List<Point> claimOnly(int count, Supplier<Point>... ways) {
        var claimed = new ArrayList<Point>(count);
        for (int i = 0; i < count; i++) {
            Stream.of(ways).map(this::attempt).flatMap(Optional::stream).findFirst().ifPresent(claimed::add);
        }
        return claimed;
    }

    /** As {@link #claimOnly}, at last with any valid point: fewer only where the space seems used up. */
    public List<Point> claim(int count, Supplier<Point> preferred, Supplier<Point> second) {
        return claimOnly(count, preferred, second, () -> space.uniform(random));
    }

    /** The points not tried yet, each once, claimed. */
    public List<Point> distinct(List<Point> points) {
        return points.stream().filter(archive::claim).toList();
    }

    /** The valid points nearest to the seeds, each once, claimed. */
    public List<Point> firstOf(List<Candidate> seeds) {
        return distinct(seeds.stream().map(space::nearest).toList());
    }

    /** Up to {@code count} untried points drawn uniformly, claimed. */
    public List<Point> uniform(int count) {
        return claimOnly(count, () -> space.uniform(random));
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
