package io.longrope.progressive.cli;

import io.longrope.search.problem.BadInput;
import io.longrope.search.work.LedgerRules;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** When a job gives up what its workers cannot do. */
final class LedgerOptions {

    private static final String NAME = "--give-up-after";
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(s|m|h|d)");

    @Option(names = NAME, paramLabel = "TIME", description = "How long a job waits for a worker that can do its tasks where every"
            + " worker refuses them, e.g. 90s, 30m, 12h, 7d (default: for ever).")
    private String giveUpAfter;

    LedgerRules rules() {
        return new LedgerRules(LedgerRules.DEFAULT.limit(), Optional.ofNullable(giveUpAfter).map(LedgerOptions::parse));
    }

    private static Duration parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new BadInput(NAME, "must be a time such as 90s, 30m, 12h or 7d", text, "");
        }
        return Duration.parse(matcher.group(2).equals("d") ? "P" + matcher.group(1) + "D" : "PT" + text.toUpperCase(Locale.ROOT));
    }
}
