package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeSet;

/**
 * Where an embedded broker keeps its state, held by one broker at a time.
 *
 * <p>Metadata and data are separate directories on purpose: when they are one, Kafka writes to the metadata log before it
 * takes its own lock, and a second broker started on the directory by mistake destroys the first.
 */
final class BrokerDirectory implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;

    private BrokerDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Locks the directory and formats it at first use.
     *
     * @param users SCRAM users to begin with, in the form kafka-storage.sh takes
     */
    static BrokerDirectory open(Path path, List<String> users) {
        try {
            Files.createDirectories(path);
            var directory = new BrokerDirectory(path, lock(path));
            directory.format(users);
            return directory;
        } catch (IOException e) {
            throw new BadInput(new Problem("broker directory", "must be a directory that can be written",
                    path + ", " + Obstacle.of(e), "make room or give another directory"), e);
        }
    }

    static BadInput inUse(Path path) {
        return new BadInput("broker directory", "must not be in use by another broker", path + ", which is",
                "stop the other one, connect to it, or give another directory");
    }

    Path path() {
        return path;
    }

    Path metadata() {
        return path.resolve("metadata");
    }

    Path data() {
        return path.resolve("data");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        var channel = FileChannel.open(path.resolve("longrope.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            channel.close();
            throw inUse(path);
        }
        return channel;
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private void format(List<String> users) throws IOException {
        if (Files.exists(metadata().resolve("meta.properties"))) {
            return;
        }
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                    .setNodeId(BrokerSettings.NODE)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setDirectories(new TreeSet<>(List.of(metadata().toString(), data().toString())))
                    .setMetadataLogDirectory(metadata().toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER)
                    .setScramArguments(users)
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot format " + path, e);
        }
    }
}
