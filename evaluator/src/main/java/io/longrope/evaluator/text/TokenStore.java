package io.longrope.evaluator.text;

import io.longrope.evaluator.text.internal.ContentFingerprints;
import io.longrope.evaluator.text.internal.TextFile;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory of token files. A text is tokenized when it is first asked for, a stretch at a time on all cores, and found again
 * by its content and its tokenizer, whatever it is called. Stopped at any moment, tokenizing goes on where it was. Several processes
 * may share the directory: one tokenizes a text, the others wait for it.
 * <p>
 * {@code CONTENT-TOKENIZER-WIDTH.tokens} are whole {@linkplain TokenFile token files}; with further endings they are in the making.
 * {@code sources} holds the content fingerprints of large files: a file of the same path, size and time of change is taken to be
 * the same, so that a large text is opened at once. Who writes other text into a file and sets back its time of change must delete
 * that directory. All of it can be deleted at any time, and is made anew when it is needed.
 */
public final class TokenStore {

    private static final Logger LOG = LoggerFactory.getLogger(TokenStore.class);
    private static final String TOKENS = ".tokens";
    private static final int FINGERPRINT_DIGITS = 32;
    /** Between them the progress of reading is told. */
    private static final long STEP = 1 << 22;
    private static final int LOGGED_BYTES = 1 << 26;
    /** A lock on a file is the process's; its threads take turns here. */
    private static final Map<Path, Object> IN_THIS_PROCESS = new ConcurrentHashMap<>();

    private final Path directory;
    private final TokenizingListener listener;
    private final ContentFingerprints contents;

    private TokenStore(Path directory, TokenizingListener listener) {
        this.directory = directory.toAbsolutePath().normalize();
        this.listener = listener;
        this.contents = new ContentFingerprints(this.directory.resolve("sources"));
    }

    /** A directory that appears when a token file is first written. */
    public static TokenStore at(Path directory) {
        return new TokenStore(directory, TokenizingListener.SILENT);
    }

    /**
     * The one a user's commands share: {@code $LONGROPE_CACHE}, else {@code ~/.cache/longrope/tokens}; where the home cannot be written,
     * a directory of the user's below the system's temporary one, which a line in the log says.
     *
     * @param environment variables of the process
     * @param home        the user's home
     * @param temporary   the system's directory for temporary files
     */
    public static TokenStore ofUser(Map<String, String> environment, Path home, Path temporary) {
        var chosen = environment.get("LONGROPE_CACHE");
        if (chosen != null && !chosen.isBlank()) {
            return at(Path.of(chosen));
        }
        var usual = home.resolve(".cache").resolve("longrope").resolve("tokens");
        try {
            // Java calls the home of a user without a name "?", which would be a directory in the working one
            if (home.isAbsolute() && Files.isWritable(Files.createDirectories(usual))) {
                return at(usual);
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be made", usual, e);
        }
        var substitute = temporary.resolve("longrope-" + home.getFileName()).resolve("tokens");
        LOG.info("{} cannot be written, so token files are kept in {}; LONGROPE_CACHE or --cache names another place", usual, substitute);
        return at(substitute);
    }

    /** The same directory, with somebody who is told how tokenizing goes on. */
    public TokenStore tellingOf(TokenizingListener listener) {
        return new TokenStore(directory, listener);
    }

    public Path directory() {
        return directory;
    }

    /**
     * The token ids of a text.
     *
     * @throws BadInput              when the text is missing, empty or broken, or has ids the model does not know
     * @throws CancellationException when the thread is interrupted
     */
    public TokenFile tokens(Corpus corpus, Tokenizer tokenizer) {
        var content = fingerprint(corpus);
        // two bytes where every id fits
        int width = tokenizer.vocabSize() <= 1 << 16 ? 2 : 4;
        var file = directory.resolve(content.substring(0, FINGERPRINT_DIGITS) + "-" + brief(tokenizer.fingerprint()) + "-" + width
                + TOKENS);
        try {
            if (!Files.exists(file)) {
                make(file, corpus, content, tokenizer, width);
            }
            var tokens = TokenFile.open(file);
            markOpened(file);
            tokenizer.requireInVocabulary(tokens.greatest() < 0 ? new int[0] : new int[] {tokens.greatest()}, corpus.path().toString());
            return tokens;
        } catch (ClosedByInterruptException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("tokenizing was interrupted");
        } catch (IOException e) {
            throw new BadInput(new Problem(directory.toString(), "must be a directory that token files can be written to", Obstacle.of(e),
                    "choose another with --cache or LONGROPE_CACHE"), e);
        }
    }

    /**
     * Removes the token files that nobody opened for a time, by the clock of the file system. Who has one open reads on.
     *
     * @return how many
     */
    public int removeUnused(Duration time) throws IOException {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        var since = now().minus(time);
        int removed = 0;
        try (var files = Files.newDirectoryStream(directory, "*" + TOKENS)) {
            for (var file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
                    Files.delete(file);
                    LOG.info("{} is removed: nobody opened it since {}", file, since);
                    removed++;
                }
            }
        }
        return removed;
    }

    /** What the files of a text hold, in their order, and how it is read, in a fingerprint; their names are no part of it. */
    public String fingerprint(Corpus corpus) {
        return Json.sha256(Json.canonical(corpus.files().parallelStream()
                .map(file -> file.format().content() + " " + file.format().compression() + " " + contents.of(file.path())).toList()));
    }

    /** Its time of change is when it was last opened; where it cannot be changed it is kept by others, who may know when. */
    private void markOpened(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(now()));
        } catch (IOException e) {
            LOG.debug("{} keeps its time: {}", file, e.toString());
        }
    }

    /** By the clock that dates files, for that of this machine, one of several that share them, may be years off. */
    private Instant now() throws IOException {
        var dated = Files.createTempFile(directory, ".now", "");
        try {
            return Files.getLastModifiedTime(dated).toInstant();
        } finally {
            Files.delete(dated);
        }
    }

    private void make(Path file, Corpus corpus, String content, Tokenizer tokenizer, int width) throws IOException {
        Files.createDirectories(directory);
        synchronized (IN_THIS_PROCESS.computeIfAbsent(file, path -> new Object())) {
            var lockFile = file.resolveSibling(file.getFileName() + ".lock");
            try (var channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                 var lock = lock(channel, corpus)) {
                if (!Files.exists(file)) {
                    tokenize(file, corpus, content, tokenizer, width);
                }
                // whoever still waits for it finds the whole file
                Files.deleteIfExists(lockFile);
            }
        }
    }

    private static FileLock lock(FileChannel channel, Corpus corpus) throws IOException {
        var lock = channel.tryLock();
        if (lock == null) {
            LOG.info("{} is being tokenized by another process; waiting for it", corpus.path());
            lock = channel.lock();
        }
        return lock;
    }

    private void tokenize(Path file, Corpus corpus, String content, Tokenizer tokenizer, int width) throws IOException {
        long total = 0;
        for (var source : corpus.files()) {
            total += Files.size(source.path());
        }
        try (var writer = new TokenFileWriter(file, width); var tokenizing =
                new Tokenizing(tokenizer, writer, Runtime.getRuntime().availableProcessors())) {
            if (writer.finished() > 0) {
                LOG.info("{}: going on with tokenizing that was interrupted", corpus.path());
            }
            var progress = new Progress(corpus.path().toString(), total);
            for (var source : corpus.files()) {
                source.read(tokenizing, progress::add);
            }
            tokenizing.complete();
            if (!fingerprint(corpus).equals(content)) {
                writer.discard();
                throw new BadInput(corpus.path().toString(), "must stay as it is while it is read", "changed", "start again");
            }
            if (writer.documents() == 0) {
                writer.discard();
                throw corpus.empty();
            }
            writer.finish(tokenizer.fingerprint(), content);
            progress.end();
            if (total >= LOGGED_BYTES) {
                LOG.info("{}: {} tokens in {}, kept in {}", corpus.path(), writer.tokens(), Plural.of(writer.documents(), "document"),
                        file);
            }
        }
    }

    private static String brief(String fingerprint) {
        return fingerprint.substring(0, Math.min(FINGERPRINT_DIGITS, fingerprint.length()));
    }

    private final class Progress {

        private final String text;
        private final long total;
        private long read;
        private long told;

        Progress(String text, long total) {
            this.text = text;
            this.total = total;
        }

        void add(long bytes) {
            read += bytes;
            if (read - told >= STEP && read < total) {
                told = read;
                listener.onProgress(text, read, total);
            }
        }

        void end() {
            listener.onProgress(text, total, total);
        }
    }
}
