package io.longrope.progressive.cli.option;

import io.longrope.progressive.plan.Lengths;
import io.longrope.search.problem.BadInput;

/** Lengths as options give them. */
public final class TokenCounts {

    private TokenCounts() {
    }

    public static int parse(String option, String text) {
        return Lengths.parse(text).orElseThrow(() -> new BadInput(option, "must be a length in tokens, such as 1024 or 128k", text, ""));
    }
}
