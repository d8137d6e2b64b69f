package io.longrope.progressive.driver;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One line that moves: how far the work in progress is. Drawn anew at most ten times a second. Thread-safe. */
public final class ProgressBar {

    private static final int CELLS = 24;
    private static final Duration BETWEEN_DRAWINGS = Duration.ofMillis(100);

    private final InstantSource clock;
    private final Consumer<String> display;
    private final AtomicInteger done = new AtomicInteger();
    private Instant drawn = Instant.EPOCH;
    private String title = "";
    private String remark = "";
    private int total;

    public ProgressBar(InstantSource clock, Consumer<String> display) {
        this.clock = clock;
        this.display = display;
    }

    public synchronized void start(String title, int total) {
        this.title = title;
        this.total = Math.max(1, total);
        this.remark = "";
        done.set(0);
        draw();
    }

    public synchronized void remark(String text) {
        remark = text;
    }

    public void advance() {
        to(done.incrementAndGet());
    }

    public synchronized void to(int count) {
        done.set(count);
        if (!clock.instant().isBefore(drawn.plus(BETWEEN_DRAWINGS))) {
            draw();
        }
    }

    public synchronized void end() {
        title = "";
        display.accept("");
    }

    private void draw() {
        if (title.isEmpty()) {
            return;
        }
        drawn = clock.instant();
        int shown = Math.min(done.get(), total);
        int filled = CELLS * shown / total;
        display.accept(title + " " + "█".repeat(filled) + "░".repeat(CELLS - filled) + " " + shown + "/" + total
                + (remark.isEmpty() ? "" : " · " + remark));
    }
}
