package io.longrope.search.work;

import io.longrope.search.problem.Require;

import java.time.Duration;
import java.util.Optional;

/**
 * When a run of a job gives a task up.
 *
 * @param limit       deliveries that failed or were lost after which a task is given up, at least 1: it may be what kills workers
 * @param giveUpAfter how long a task that every worker refuses waits; empty = for ever
 */
public record LedgerRules(int limit, Optional<Duration> giveUpAfter) {

    public static final LedgerRules DEFAULT = new LedgerRules(3, Optional.empty());

    public LedgerRules {
        Require.atLeast(1, limit, "delivery limit");
        Require.that(Require.present(giveUpAfter, "give-up-after").filter(Duration::isNegative).isEmpty(), "give-up-after",
                "must not be negative", giveUpAfter);
    }
}
