package io.longrope.progressive.bench;

import io.longrope.progressive.plan.AttentionPlan;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.problem.Suggestion;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.SearchSpace;
import io.longrope.search.space.SearchSpaceBuilder;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a benchmark's search differs from the paper's space.
 *
 * @param monotone    λ never falls from one pair to the next
 * @param groups      of pairs that share one λ; 0 = each pair has its own
 * @param mayStop     how many of the slowest pairs may stop turning (λ = ∞)
 * @param startTokens the n̂ to choose from
 * @param attention   the attention factor, by a rule or searched
 */
public record SpaceOptions(boolean monotone, int groups, int mayStop, List<Integer> startTokens, AttentionPlan attention) {

    static final SpaceOptions PAPERS =
            new SpaceOptions(true, 0, 0, SearchSpace.PAPER_START_TOKENS, AttentionPlan.of(AttentionTemperature.longrope()));

    private static final String ANY_ORDER = "any-order";
    private static final String GROUPS = "groups";
    private static final String MAY_STOP = "may-stop";
    private static final String START_TOKENS = "start-tokens";
    private static final String ATTENTION = "attention";
    private static final String NUMBER = "\\d{1,4}(?:\\.\\d{1,6})?";

    public SpaceOptions {
        Require.atLeast(0, groups, GROUPS);
        Require.atLeast(0, mayStop, MAY_STOP);
        startTokens = List.copyOf(startTokens);
    }

    /**
     * This with one option more.
     *
     * @param option any-order, groups=N, may-stop=N, start-tokens=N:N or attention=SMALLEST:LARGEST
     */
    SpaceOptions with(String option) {
        int equals = option.indexOf('=');
        var value = equals < 0 ? "" : option.substring(equals + 1);
        return switch (equals < 0 ? option : option.substring(0, equals)) {
            case ANY_ORDER -> new SpaceOptions(false, groups, mayStop, startTokens, attention);
            case GROUPS -> new SpaceOptions(monotone, number(option, value), mayStop, startTokens, attention);
            case MAY_STOP -> new SpaceOptions(monotone, groups, number(option, value), startTokens, attention);
            case START_TOKENS -> new SpaceOptions(monotone, groups, mayStop, numbers(option, value), attention);
            case ATTENTION -> new SpaceOptions(monotone, groups, mayStop, startTokens, range(option, value));
            default -> throw new BadInput("--algorithms", "must be an algorithm and its options", option,
                    Suggestion.forName(option, List.of("racing", "ladder=4:8", ANY_ORDER, GROUPS + "=N", MAY_STOP + "=N",
                            START_TOKENS + "=0", ATTENTION + "=1:1.5")));
        };
    }

    private static int number(String option, String value) {
        Require.that(value.matches("\\d{1,6}"), "--algorithms", "must give the option a whole number", option);
        return Integer.parseInt(value);
    }

    private static List<Integer> numbers(String option, String value) {
        Require.that(value.matches("\\d{1,6}(:\\d{1,6})*"), "--algorithms", "must give the option whole numbers, such as 0:4:16", option);
        return Arrays.stream(value.split(":")).map(Integer::valueOf).sorted().distinct().toList();
    }

    private static AttentionPlan range(String option, String value) {
        Require.that(value.matches(NUMBER + ":" + NUMBER), "--algorithms",
                "must give the option the smallest and the largest factor, such as 1:1.5", option);
        var bounds = value.split(":");
        return AttentionPlan.searched(Double.parseDouble(bounds[0]), Double.parseDouble(bounds[1]));
    }

    /** As {@link #with} reads them, each after a plus sign. */
    String suffix() {
        var chosen = startTokens.stream().map(String::valueOf).collect(Collectors.joining(":"));
        return (monotone ? "" : "+" + ANY_ORDER) + (groups > 0 ? "+" + GROUPS + "=" + groups : "")
                + (mayStop > 0 ? "+" + MAY_STOP + "=" + mayStop : "")
                + (startTokens.equals(SearchSpace.PAPER_START_TOKENS) ? "" : "+" + START_TOKENS + "=" + chosen)
                + attention.searched().map(range -> "+" + ATTENTION + "=" + range.lower() + ":" + range.upper()).orElse("");
    }

    /** @param length in tokens, which a rule for the attention factor goes by */
    SearchSpaceBuilder of(RopeGeometry geometry, int length) {
        var builder = SearchSpace.of(geometry, geometry.extensionRatio(length)).monotone(monotone).stoppable(mayStop)
                .startTokens(startTokens).attentionFactor(attention.at(geometry, length));
        return groups > 0 ? builder.groups(groups) : builder;
    }
}
