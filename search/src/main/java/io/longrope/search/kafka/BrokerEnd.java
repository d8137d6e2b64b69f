package io.longrope.search.kafka;

import io.longrope.search.problem.Obstacle;
import org.apache.kafka.common.utils.internals.Exit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says why the broker of this JVM ended, before it takes the JVM with it. Kafka tells its own loggers only, which are silent here, in words
 * for those who run Kafka; nearly always its disk is full or gone, and that is found out again by writing to it. Thread-safe.
 */
final class BrokerEnd {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerEnd.class);
    /** More than Kafka writes at once, and than a full disk has left. */
    private static final int TRIED_BYTES = 1 << 20;
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private BrokerEnd() {
    }

    /** From now on, for a broker of this directory. */
    static void isToldOf(Path directory) {
        OPEN.add(directory);
        Exit.setHaltProcedure((status, message) -> {
            tell();
            Runtime.getRuntime().halt(status);
        });
        Exit.setExitProcedure((status, message) -> {
            tell();
            Runtime.getRuntime().exit(status);
        });
    }

    static void isOver(Path directory) {
        OPEN.remove(directory);
    }

    /** Several threads of Kafka meet the same fault: the first tells, and the others wait until it has. */
    private static synchronized void tell() {
        OPEN.forEach(directory -> LOG.error("{}", words(directory)));
        OPEN.clear();
    }

    private static String words(Path directory) {
        return "the broker in " + directory + " has ended and this process with it, " + trouble(directory)
                .map(found -> "since nothing can be written there: " + found + "; make room or mend the disk")
                .orElse("by a fault that Kafka does not survive; -v shows it")
                + "; nothing it confirmed is lost, the same command goes on where it stopped";
    }

    /** What writing there meets now. */
    private static Optional<String> trouble(Path directory) {
        var file = directory.resolve("longrope.room");
        try {
            try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.allocate(TRIED_BYTES);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                // a network file system takes bytes first and refuses them later
                channel.force(true);
            } finally {
                Files.deleteIfExists(file);
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(Obstacle.of(e));
        }
    }
}
