package io.longrope.search.work;

import io.longrope.search.problem.Require;

import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a worker does with an evaluation delivered to it. All workers of a queue should keep to the same.
 *
 * @param limit           deliveries after which an evaluation is given up, at least 1: it may be what kills the workers
 * @param refusalPatience how long an evaluation that every worker refused waits for one that does not
 */
public record DeliveryRules(int limit, Duration refusalPatience) {

    public static final DeliveryRules DEFAULT = new DeliveryRules(3, Duration.ofSeconds(10));

    public DeliveryRules {
        Require.atLeast(1, limit, "delivery limit");
        Require.that(!Require.present(refusalPatience, "refusal patience").isNegative(), "refusal patience", "must not be negative",
                refusalPatience);
    }

    public enum Verdict {
        /** Measure it. */
        MEASURE,
        /** Its score is known: take it off the queue. */
        DROP,
        /** Too many deliveries: publish that it is given up. */
        GIVE_UP,
        /** Every worker there is has refused it for long enough: publish that it is given up. */
        GIVE_UP_REFUSED,
        /** This worker refused it before: leave it to others. */
        PASS_ON
    }

    /**
     * @param answered   whether its score is known
     * @param deliveries this one included
     * @param refusals   who refused it and for how long it has been refused
     * @param worker     the worker it was delivered to
     * @param members    asked only when it matters: all workers of the queue
     */
    public Verdict judge(boolean answered, int deliveries, Refusals refusals, String worker, Supplier<Set<String>> members) {
        if (answered) {
            return Verdict.DROP;
        }
        if (deliveries > limit) {
            return Verdict.GIVE_UP;
        }
        if (!refusals.workers().contains(worker)) {
            return Verdict.MEASURE;
        }
        boolean patient = refusals.age().compareTo(refusalPatience) < 0;
        return patient || !refusals.workers().containsAll(members.get()) ? Verdict.PASS_ON : Verdict.GIVE_UP_REFUSED;
    }

    /** Whether a delivery that failed was the last. */
    public boolean isLast(int deliveries) {
        return deliveries >= limit;
    }

    /**
     * @param workers who refused the evaluation
     * @param age     time since the first of them did
     */
    public record Refusals(Set<String> workers, Duration age) {

        public static final Refusals NONE = new Refusals(Set.of(), Duration.ZERO);
    }
}
