package io.longrope.progressive.cli.option;

import io.longrope.search.problem.BadInput;
import io.longrope.search.training.TrainingCommand;

import java.time.Duration;

/** Times as options have them: 90s, 30m, 12h, 7d. */
public final class Times {

    private Times() {
    }

    /** @throws BadInput with the option's name when the text is no time */
    public static Duration parse(String option, String text) {
        // of nothing no unit need be named
        return text.equals("0") ? Duration.ZERO : TrainingCommand.parseTime(text)
                .orElseThrow(() -> new BadInput(option, "must be a time such as 90s, 30m, 12h or 7d", text, ""));
    }
}
