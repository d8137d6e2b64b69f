package io.longrope.progressive.stage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what workers answer. */
public final class Answers {

    private Answers() {
    }

    /** Told when nothing was answered for a while, on the thread that waits. */
    @FunctionalInterface
    public interface Patience {

        /** @param open answers awaited */
        void waiting(int open, Duration since);
    }

    /**
     * In their order.
     *
     * @throws RuntimeException what one of them ended with, once all have ended
     */
    public static <T> List<T> await(List<CompletableFuture<T>> asked, Patience patience) throws InterruptedException {
        var all = CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new));
        long open = open(asked);
        int quietMinutes = 0;
        while (true) {
            try {
                all.get(1, TimeUnit.MINUTES);
                break;
            } catch (TimeoutException e) {
                quietMinutes = open(asked) < open ? 0 : quietMinutes + 1;
                open = open(asked);
                if (quietMinutes > 0) {
                    patience.waiting((int) open, Duration.ofMinutes(quietMinutes));
                }
            } catch (ExecutionException e) {
                throw failure(e);
            }
        }
        var answers = new ArrayList<T>();
        asked.forEach(answer -> answers.add(answer.join()));
        return answers;
    }

    /** What is behind the exceptions in which futures wrap it. */
    public static RuntimeException failure(Throwable failure) {
        var cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof RuntimeException known ? known : new IllegalStateException("results could not be fetched", cause);
    }

    private static long open(List<? extends CompletableFuture<?>> answers) {
        return answers.stream().filter(answer -> !answer.isDone()).count();
    }
}
