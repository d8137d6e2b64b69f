package io.longrope.search.evolution;

import io.longrope.search.space.Point;

import java.util.List;

/** Makes the next generation. */
@FunctionalInterface
interface Breeder {

    /**
     * @param parents the survivors, best first, at least one
     * @return points claimed from the archive by this call; none when no untried point was found
     */
    List<Point> breed(List<Point> parents);
}
