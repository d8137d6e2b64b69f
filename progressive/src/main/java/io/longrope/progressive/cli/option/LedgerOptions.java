package io.longrope.progressive.cli.option;

import io.longrope.search.work.LedgerRules;
import picocli.CommandLine.Option;

import java.util.Optional;

/** When a job gives up what its workers cannot do. */
public final class LedgerOptions {

    private static final String NAME = "--give-up-after";

    @Option(names = NAME, paramLabel = "TIME", description = "How long a job waits for a worker that can do its tasks where every"
            + " worker refuses them, e.g. 90s, 30m, 12h, 7d (default: for ever).")
    private String giveUpAfter;

    public LedgerRules rules() {
        return new LedgerRules(LedgerRules.DEFAULT.limit(), Optional.ofNullable(giveUpAfter).map(text -> Times.parse(NAME, text)));
    }
}
