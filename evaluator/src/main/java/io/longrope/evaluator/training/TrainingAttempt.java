package io.longrope.evaluator.training;

import io.longrope.evaluator.checkpoint.Directories;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * One attempt at a training that several workers may make, at the same time too: a worker that was taken for dead may go on. Each
 * writes a directory of its own, {@code attempt-1/}, {@code attempt-2/} and so on below the training's, so that none disturbs another:
 * <pre>{@code
 * model/     what came out; there whole or not at all
 * work/      states and working files on the way
 * lock       locked for as long as the attempt lives
 * }</pre>
 */
public final class TrainingAttempt implements AutoCloseable {

    private static final Pattern NAME = Pattern.compile("attempt-([0-9]{1,6})");
    private static final int MOST = 1_000_000;
    /** Of this process: looking whether a file is locked would give up a lock that the process itself has on it. */
    private static final Set<Path> LIVE = ConcurrentHashMap.newKeySet();

    private final Path training;
    private final Path directory;
    private final FileChannel lock;

    private TrainingAttempt(Path training, Path directory, FileChannel lock) {
        this.training = training;
        this.directory = directory;
        this.lock = lock;
    }

    /** Begins the next attempt. */
    public static TrainingAttempt begin(Path place) throws IOException {
        var training = place.toAbsolutePath().normalize();
        for (int number = 1; number < MOST; number++) {
            var directory = training.resolve("attempt-" + number);
            try {
                Files.createDirectory(directory);
            } catch (FileAlreadyExistsException e) {
                continue;
            }
            LIVE.add(directory);
            var channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            tryLock(channel);
            return new TrainingAttempt(training, directory, channel);
        }
        throw new IOException("no more attempts can be made in " + training);
    }

    /** The model that an earlier attempt finished, the first one. */
    public static Optional<Path> finished(Path training) throws IOException {
        return attempts(training).stream().map(TrainingAttempt::model).filter(Files::isDirectory).findFirst();
    }

    /**
     * Steps done in the newest state that any attempt saved; 0 where there is none, and where a program trains, whose states nobody else
     * knows.
     */
    public static int savedSteps(Path training) {
        try {
            int most = 0;
            for (var attempt : attempts(training)) {
                most = Math.max(most, TrainingStates.savedSteps(work(attempt)));
            }
            return most;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Where the model is to be, which appears there whole. */
    public Path output() {
        return model(directory);
    }

    /** Working files of this attempt. */
    public Path work() {
        return work(directory);
    }

    /** Working files of the others, of those begun last first. */
    public List<Path> othersWork() {
        return others().stream().map(TrainingAttempt::work).toList();
    }

    /** Working files of attempts that have ended without a model, of those begun last first. */
    List<Path> abandonedWork() {
        return others().stream().filter(TrainingAttempt::isAbandoned).map(TrainingAttempt::work).toList();
    }

    private void removeAbandoned() throws IOException {
        for (var other : others()) {
            if (isAbandoned(other)) {
                Directories.delete(other);
            }
        }
    }

    /** What is worth nothing to a later attempt is removed. */
    @Override
    public void close() throws IOException {
        lock.close();
        LIVE.remove(directory);
        if (Files.isDirectory(output())) {
            Directories.delete(work());
            removeAbandoned();
        } else if (isEmpty(work())) {
            Directories.delete(directory);
        }
    }

    private List<Path> others() {
        try {
            return attempts(training).stream().filter(other -> !other.equals(directory)).sorted((a, b) -> number(b) - number(a)).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static List<Path> attempts(Path training) throws IOException {
        if (!Files.isDirectory(training)) {
            return List.of();
        }
        try (var entries = Files.list(training)) {
            return entries.filter(entry -> NAME.matcher(entry.getFileName().toString()).matches())
                    .sorted((a, b) -> number(a) - number(b)).toList();
        }
    }

    private static int number(Path attempt) {
        return Integer.parseInt(attempt.getFileName().toString().substring("attempt-".length()));
    }

    private static Path model(Path attempt) {
        return attempt.resolve("model");
    }

    private static Path work(Path attempt) {
        return attempt.resolve("work");
    }

    /** Where the file system has no locks, an attempt may always be alive. */
    private static boolean isAbandoned(Path attempt) {
        var file = attempt.resolve("lock");
        if (LIVE.contains(attempt) || !Files.exists(file) || Files.isDirectory(model(attempt))) {
            return false;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return tryLock(channel).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<FileLock> tryLock(FileChannel channel) {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (IOException | OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return true;
        }
        try (var files = Files.walk(directory)) {
            return files.noneMatch(Files::isRegularFile);
        }
    }
}
