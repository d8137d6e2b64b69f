package io.longrope.progressive.bench;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.problem.Suggestion;
import io.longrope.search.space.SearchSpaceBuilder;

import java.util.List;

/**
 * How a benchmark's search differs from the paper's space.
 *
 * @param monotone λ never falls from one pair to the next
 * @param groups   of pairs that share one λ; 0 = each pair has its own
 * @param mayStop  how many of the slowest pairs may stop turning (λ = ∞)
 */
public record SpaceOptions(boolean monotone, int groups, int mayStop) {

    static final SpaceOptions PAPERS = new SpaceOptions(true, 0, 0);

    private static final String ANY_ORDER = "any-order";
    private static final String GROUPS = "groups";
    private static final String MAY_STOP = "may-stop";

    public SpaceOptions {
        Require.atLeast(0, groups, GROUPS);
        Require.atLeast(0, mayStop, MAY_STOP);
    }

    /**
     * This with one option more.
     *
     * @param option any-order, groups=N or may-stop=N
     */
    SpaceOptions with(String option) {
        int equals = option.indexOf('=');
        return switch (equals < 0 ? option : option.substring(0, equals)) {
            case ANY_ORDER -> new SpaceOptions(false, groups, mayStop);
            case GROUPS -> new SpaceOptions(monotone, number(option, equals), mayStop);
            case MAY_STOP -> new SpaceOptions(monotone, groups, number(option, equals));
            default -> throw new BadInput("--algorithms", "must be an algorithm and its options", option,
                    Suggestion.forName(option, List.of("racing", "ladder=4:8", ANY_ORDER, GROUPS + "=N", MAY_STOP + "=N")));
        };
    }

    private static int number(String option, int equals) {
        var text = option.substring(equals + 1);
        Require.that(equals >= 0 && text.matches("\\d{1,6}"), "--algorithms", "must give the option a whole number", option);
        return Integer.parseInt(text);
    }

    /** As {@link #with} reads them, each after a plus sign. */
    String suffix() {
        return (monotone ? "" : "+" + ANY_ORDER) + (groups > 0 ? "+" + GROUPS + "=" + groups : "")
                + (mayStop > 0 ? "+" + MAY_STOP + "=" + mayStop : "");
    }

    SearchSpaceBuilder of(SearchSpaceBuilder builder) {
        builder.monotone(monotone).stoppable(mayStop);
        return groups > 0 ? builder.groups(groups) : builder;
    }
}
