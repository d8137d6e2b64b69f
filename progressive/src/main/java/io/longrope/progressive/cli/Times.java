package io.longrope.progressive.cli;

import io.longrope.search.problem.BadInput;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Times as options have them: 90s, 30m, 12h, 7d. */
final class Times {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(s|m|h|d)");

    private Times() {
    }

    /** @throws BadInput with the option's name when the text is no time */
    static Duration parse(String option, String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new BadInput(option, "must be a time such as 90s, 30m, 12h or 7d", text, "");
        }
        return Duration.parse(matcher.group(2).equals("d") ? "P" + matcher.group(1) + "D" : "PT" + text.toUpperCase(Locale.ROOT));
    }
}
