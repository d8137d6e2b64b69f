package io.longrope.progressive.cli;

import io.longrope.progressive.plan.Lengths;
import io.longrope.search.problem.BadInput;

/** Lengths as options give them. */
final class TokenCounts {

    private TokenCounts() {
    }

    static int parse(String option, String text) {
        return Lengths.parse(text).orElseThrow(() -> new BadInput(option, "must be a length in tokens, such as 1024 or 128k", text, ""));
    }
}
