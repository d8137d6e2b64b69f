package io.longrope.progressive.driver;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a directory for one process as long as it is open. */
public final class DirectoryLock implements AutoCloseable {

    private static final String NOT_IN_USE = "must not be in use";

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @param what   what the directory is, for the error
     * @param option what chooses another
     * @throws BadInput when another process, or another part of this one, has it
     */
    public static DirectoryLock of(Path directory, String what, String option) throws IOException {
        var channel = FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return new DirectoryLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse(directory, what, option);
        }
        channel.close();
        throw inUse(directory, what, option);
    }

    /** Whether somebody else had the directory. */
    static boolean isWhy(BadInput problem) {
        return problem.problems().get(0).rule().equals(NOT_IN_USE);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static BadInput inUse(Path directory, String what, String option) {
        return new BadInput(what + " " + directory, NOT_IN_USE, "open in another process",
                "wait for it, or " + option + " chooses another");
    }
}
