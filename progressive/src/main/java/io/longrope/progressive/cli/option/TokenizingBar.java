package io.longrope.progressive.cli.option;

import io.longrope.evaluator.text.TokenizingListener;
import io.longrope.progressive.driver.ProgressBar;

import java.time.InstantSource;
import java.util.function.Consumer;

/** Shows how far a text has been tokenized, in MiB of its files. */
public final class TokenizingBar implements TokenizingListener {

    private static final int MEBIBYTE = 20;

    private final ProgressBar bar;
    private String shown = "";

    /** @param display shows a bar; an empty text removes it */
    public TokenizingBar(InstantSource clock, Consumer<String> display) {
        this.bar = new ProgressBar(clock, display);
    }

    @Override
    public synchronized void onProgress(String text, long read, long total) {
        if (read >= total) {
            end();
            return;
        }
        if (!text.equals(shown)) {
            shown = text;
            bar.start("tokenizing " + text + ", MiB", (int) (total >> MEBIBYTE));
        }
        bar.to((int) (read >> MEBIBYTE));
    }

    private void end() {
        if (!shown.isEmpty()) {
            shown = "";
            bar.end();
        }
    }
}
