package io.longrope.progressive.cli.look;

import io.longrope.search.problem.BadInput;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Seeds as {@code --seeds} gives them: {@code 5} is 1 to 5, {@code 3-5} is 3 to 5, {@code 2,7} those two. */
final class SeedList {

    private static final Pattern FORM = Pattern.compile("\\d{1,9}|\\d{1,9}-\\d{1,9}|\\d{1,9}(,\\d{1,9})+");

    private SeedList() {
    }

    static List<Long> parse(String text) {
        var seeds = FORM.matcher(text).matches() ? expanded(text) : List.<Long>of();
        if (seeds.isEmpty() || seeds.contains(0L)) {
            throw new BadInput("--seeds", "must be how many, a range such as 3-5, or a list such as 2,7, from 1 on", text, "");
        }
        return seeds;
    }

    private static List<Long> expanded(String text) {
        if (text.contains(",")) {
            return Arrays.stream(text.split(",")).map(Long::valueOf).distinct().toList();
        }
        var ends = text.split("-");
        long first = ends.length == 1 ? 1 : Long.parseLong(ends[0]);
        return LongStream.rangeClosed(first, Long.parseLong(ends[ends.length - 1])).boxed().toList();
    }
}
