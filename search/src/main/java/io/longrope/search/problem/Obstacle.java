package io.longrope.search.problem;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Why files and connections would not do, in the words of whoever reads it: what Java's classes are called says nothing to them. */
public final class Obstacle {

    private static final int DEEPEST = 20;

    private Obstacle() {
    }

    /** To stand behind "but was" in a {@link Problem}. An exception that is none of input and output keeps its name. */
    public static String of(Throwable failure) {
        if (failure instanceof FileSystemException of) {
            return ofFile(of);
        }
        if (failure instanceof CharacterCodingException) {
            return "bytes that are no UTF-8";
        }
        if (failure instanceof EOFException) {
            return "cut short";
        }
        if ("Is a directory".equals(failure.getMessage())) {
            return "a directory";
        }
        if (failure instanceof IOException) {
            return ofConnection(failure);
        }
        return failure.toString();
    }

    /** Of a link that leads to no file. */
    public static String ofLink(Path link) {
        try {
            return "a link to " + Files.readSymbolicLink(link) + (leadsRound(link) ? ", which leads back to it" : ", which is missing");
        } catch (IOException e) {
            return of(e);
        }
    }

    private static boolean leadsRound(Path link) {
        try {
            link.toRealPath();
            return false;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return e instanceof FileSystemException of && of.getReason() != null && of.getReason().contains("symbolic links");
        }
    }

    private static String ofFile(FileSystemException failure) {
        var file = failure.getFile() == null ? "a file" : failure.getFile();
        if (failure instanceof NoSuchFileException) {
            return "missing: " + file;
        }
        if (failure instanceof AccessDeniedException) {
            return "not permitted: " + file;
        }
        if (failure instanceof NotDirectoryException) {
            return "no directory: " + file;
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "in the way of " + file + ", which is there";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return "not empty: " + file;
        }
        if (failure instanceof FileSystemLoopException) {
            return "a circle of links at " + file;
        }
        return failure.getReason() == null ? failure.toString() : failure.getMessage();
    }

    private static String ofConnection(Throwable failure) {
        if (has(failure, UnknownHostException.class) || has(failure, UnresolvedAddressException.class)) {
            return "a host that no name server knows";
        }
        if (has(failure, SocketTimeoutException.class) || has(failure, HttpTimeoutException.class)) {
            return "without an answer in time";
        }
        if (has(failure, ConnectException.class) || has(failure, NoRouteToHostException.class)) {
            return failure.getMessage() == null ? "a connection refused" : "no connection: " + failure.getMessage();
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    private static boolean has(Throwable failure, Class<?> kind) {
        var cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (kind.isInstance(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
