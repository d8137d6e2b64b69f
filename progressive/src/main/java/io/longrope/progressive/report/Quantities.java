package io.longrope.progressive.report;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them; the same in every locale. */
public final class Quantities {

    private static final String[] POWERS = {"", " k", " M", " G", " T", " P"};
    private static final String[] BINARY_POWERS = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};

    private Quantities() {
    }

    /** Three figures and a power of 1000: {@code 6.74 G}. */
    public static String brief(long number) {
        return scaled(number, 1000, POWERS);
    }

    /** Three figures and a power of 1024: {@code 12.6 GiB}. */
    public static String bytes(long number) {
        return scaled(number, 1024, BINARY_POWERS);
    }

    /** {@code 02:31}, {@code 1:02:31}. */
    public static String clock(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        return seconds < 3600
                ? String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /** Three decimals below 1000; whole above, and {@code 1.2e9} from a million on: what explodes needs no digits. */
    public static String perplexity(double perplexity) {
        if (Double.isInfinite(perplexity) || Double.isNaN(perplexity)) {
            return "diverged";
        }
        if (perplexity >= 1e6) {
            return String.format(Locale.ROOT, "%.1e", perplexity);
        }
        return String.format(Locale.ROOT, perplexity < 1000 ? "%.3f" : "%.0f", perplexity);
    }

    private static String scaled(long number, int base, String[] powers) {
        double value = number;
        int power = 0;
        while (value >= base && power < powers.length - 1) {
            value /= base;
            power++;
        }
        if (power == 0) {
            return number + powers[0];
        }
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value) + powers[power];
    }
}
