package io.longrope.progressive.bench;

import io.longrope.search.evolution.AnalyticProblem;
import io.longrope.search.evolution.Trial;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class VirtualWorkersTest {

    private static final TaskLength SECOND = new TaskLength(Duration.ofSeconds(1), 0);
    private static final SampledProblem PROBLEM = new SampledProblem(AnalyticProblem.all().get(0), 5);

    @Test
    void tasksOfEqualLengthTakeAsManyRoundsAsTheWorkersNeed() {
        for (int workers : new int[] {1, 2, 3, 5, 7, 64}) {
            var team = new VirtualWorkers(workers, PROBLEM, SECOND);
            var part = team.measure(trial(0), 0, 5);
            assertThat(finish(team)).isEqualTo(5);
            assertThat(team.seconds()).as(workers + " workers").isEqualTo(Math.ceil(5.0 / workers));
            assertThat(team.tasks()).isEqualTo(5);
            assertThat(part.join().losses()).isEqualTo(IntStream.range(0, 5).mapToObj(s -> PROBLEM.loss(trial(0).candidate(), s)).toList());
        }
    }

    /** What is asked while tasks are under way begins when a worker is free, in the order asked. */
    @Test
    void aLaterTaskWaitsForAFreeWorker() {
        var team = new VirtualWorkers(2, PROBLEM, SECOND);
        var times = new ArrayList<Double>();
        team.measure(trial(0), 0, 3).thenAccept(part -> {
            times.add(team.seconds());
            team.measure(trial(0), 3, 5).thenAccept(rest -> times.add(team.seconds()));
        });
        team.measure(trial(1), 0, 1).thenAccept(part -> times.add(team.seconds()));
        finish(team);
        assertThat(times).containsExactly(2.0, 2.0, 3.0);
    }

    @Test
    void unequalTasksTakeTheirTimeAndAreBegunOnceAWorkerIsFree() {
        var team = new VirtualWorkers(1, PROBLEM, new TaskLength(Duration.ofSeconds(1), 0.5));
        IntStream.range(0, 2).forEach(i -> team.measure(trial(i), 0, 5));
        finish(team);
        var alone = IntStream.range(0, 2).mapToDouble(i -> {
            var one = new VirtualWorkers(1, PROBLEM, new TaskLength(Duration.ofSeconds(1), 0.5));
            one.measure(trial(i), 0, 5);
            finish(one);
            return one.seconds();
        }).sum();
        assertThat(team.seconds()).isCloseTo(alone, within(1e-6)).isNotEqualTo(10.0);
    }

    private static int finish(VirtualWorkers team) {
        int steps = 0;
        while (team.step()) {
            steps++;
        }
        return steps;
    }

    private static Trial trial(int seed) {
        return new Trial(seed, 0, PROBLEM.problem().seeds().get(seed));
    }
}
