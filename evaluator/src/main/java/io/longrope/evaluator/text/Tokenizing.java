package io.longrope.evaluator.text;

import io.longrope.evaluator.text.internal.DocumentSink;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Daemons;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Turns documents into the pieces of a token file: this thread reads and cuts, others tokenize, and what they make is written in
 * the order of the text. So the file does not depend on how many threads there are, nor on where an earlier run was stopped.
 */
final class Tokenizing implements DocumentSink, AutoCloseable {

    /** Characters read ahead of what is written, for each thread; with the ids of as many it is the memory this takes. */
    private static final long AHEAD = 1 << 21;
    private static final int MOST_PENDING = 1 << 12;

    private final Tokenizer tokenizer;
    private final TokenFileWriter writer;
    private final ExecutorService threads;
    private final long ahead;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private long pendingSize;
    private long read;

    Tokenizing(Tokenizer tokenizer, TokenFileWriter writer, int threads) {
        this.tokenizer = tokenizer;
        this.writer = writer;
        this.ahead = AHEAD * threads;
        this.threads = Executors.newFixedThreadPool(threads, Daemons.named("tokenizing"));
    }

    /** What is to be written next. */
    private sealed interface Pending {

        void write(TokenFileWriter writer) throws IOException;

        /** Characters or ids that are kept for it. */
        default int size() {
            return 0;
        }

        /** The beginning of a document. */
        record Start() implements Pending {

            @Override
            public void write(TokenFileWriter writer) throws IOException {
                writer.startDocument();
            }
        }

        /** A piece that is there from before. */
        record Known() implements Pending {

            @Override
            public void write(TokenFileWriter writer) throws IOException {
                writer.skip();
            }
        }

        /** A piece that a thread works at. */
        record Piece(Future<int[]> ids, int size) implements Pending {

            @Override
            public void write(TokenFileWriter writer) throws IOException {
                writer.append(result(ids));
            }
        }
    }

    @Override
    public void text(String name, Reader text) throws IOException {
        var pieces = tokenizer.pieces(text);
        start();
        boolean isFirst = true;
        for (var piece = pieces.next(); piece != null; piece = pieces.next()) {
            add(piece, isFirst);
            isFirst = false;
        }
    }

    @Override
    public void textUnlessBlank(String name, Reader text) throws IOException {
        var pieces = tokenizer.pieces(text);
        var piece = pieces.next();
        if (piece == null || piece.isBlank() && pieces.isAtEnd()) {
            return;
        }
        start();
        add(piece, true);
        for (piece = pieces.next(); piece != null; piece = pieces.next()) {
            add(piece, false);
        }
    }

    @Override
    public void tokens(String name, TokenBlocks blocks) throws IOException {
        start();
        for (var block = blocks.next(); block != null; block = blocks.next()) {
            var ids = block;
            add(() -> tokenizer.requireInVocabulary(ids, name), ids.length);
        }
    }

    /** Writes what is still to be written. */
    void complete() throws IOException {
        while (!pending.isEmpty()) {
            writeNext();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void start() throws IOException {
        pending.add(new Pending.Start());
        makeRoom();
    }

    private void add(String piece, boolean isFirst) throws IOException {
        add(() -> tokenizer.encodePiece(piece, isFirst), piece.length());
    }

    private void add(Callable<int[]> ids, int size) throws IOException {
        if (read++ < writer.finished()) {
            pending.add(new Pending.Known());
        } else {
            pending.add(new Pending.Piece(threads.submit(ids), size));
            pendingSize += size;
        }
        makeRoom();
    }

    private void makeRoom() throws IOException {
        while (pendingSize > ahead || pending.size() > MOST_PENDING) {
            writeNext();
        }
    }

    private void writeNext() throws IOException {
        var next = pending.remove();
        pendingSize -= next.size();
        next.write(writer);
    }

    private static int[] result(Future<int[]> ids) {
        try {
            return ids.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("tokenizing was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BadInput problem) {
                throw problem;
            }
            throw new IllegalStateException("a piece of text was not tokenized", e.getCause());
        }
    }
}
