package io.longrope.progressive.cli.option;

import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.evaluator.worker.SampleBook;
import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** Where a command keeps the token files of texts. */
public final class CacheOptions {

    private static final String BESIDE_RUNS = "tokens";

    @Option(names = "--cache", paramLabel = "DIR",
            description = "A text is tokenized once, into a file kept there, and found again by its content"
            + " (default: $LONGROPE_CACHE, else ~/.cache/longrope/tokens).")
    private Path directory;

    /** A bar on the terminal shows how tokenizing goes on. */
    public TokenStore store(Console console) {
        var store = directory != null ? TokenStore.at(directory)
                : TokenStore.ofUser(System.getenv(), Path.of(System.getProperty("user.home")),
                Path.of(System.getProperty("java.io.tmpdir")));
        return store.tellingOf(new TokenizingBar(Clock.systemUTC(), console.terminal()::bar));
    }

    /**
     * Where token files are: where nothing else is said, beside what jobs write if there are any, else those of this user.
     *
     * @param runs what jobs write lies below it
     */
    public Path directory(Console console, Path runs) {
        var beside = runs.resolve(BESIDE_RUNS);
        return directory == null && Files.isDirectory(beside) ? beside : store(console).directory();
    }

    /** @param data root of texts */
    public SampleSets samples(Console console, Path data) {
        return new SampleSets(Root.of(data, "--data"), store(console));
    }

    /** @param data root of texts */
    public SampleBook book(Console console, Path data) {
        return new SampleBook(Root.of(data, "--data"), store(console));
    }

    /**
     * As {@link #store}; where nothing else is said, token files are kept beside what jobs write, for all workers.
     *
     * @param runs what jobs write lies below it; null where nothing is written
     */
    public TokenStore store(Console console, Path runs) {
        return directory != null || runs == null ? store(console) : TokenStore.at(runs.resolve(BESIDE_RUNS));
    }
}
