package io.longrope.progressive.report;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers as people read them; the same in every locale. */
public final class Quantities {

    private static final DateTimeFormatter TIME_OF_DAY =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private static final String[] POWERS = {"", " k", " M", " G", " T", " P"};

    private Quantities() {
    }

    /** Three figures and a power of 1000: {@code 6.74 G}. */
    public static String brief(long number) {
        double value = number;
        int power = 0;
        while (value >= 1000 && power < POWERS.length - 1) {
            value /= 1000;
            power++;
        }
        if (power == 0) {
            return Long.toString(number);
        }
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value) + POWERS[power];
    }

    /** Floating-point operations with three figures: {@code 1.24e+15}; a dash where they were not counted. */
    public static String operations(double number) {
        return number > 0 ? String.format(Locale.ROOT, "%.3g", number) : "-";
    }

    /** {@code 02:31}, {@code 1:02:31}. */
    public static String clock(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        return seconds < 3600
                ? String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /** {@code 14:02:31}, where this machine is. */
    public static String timeOfDay(Instant time) {
        return TIME_OF_DAY.format(time);
    }

    /** {@code 25 %}, of a share from 0 to 1. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    /** Hours with two decimals: {@code 0.02}, {@code 431.50}. */
    public static String hours(double seconds) {
        return String.format(Locale.ROOT, "%.2f", seconds / 3600);
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
}
