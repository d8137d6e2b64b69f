package io.longrope.progressive.report;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers as people read them; the same in every locale. */
public final class Quantities {

    private static final String[] POWERS = {"", " k", " M", " G", " T", " P"};
    private static final String[] BINARY_POWERS = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18}(?:[.][0-9]{1,9})?) ?([kmgt]?)(i?b|)");

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

    /**
     * Bytes as an option gives them: {@code 12GiB}, {@code 80GB}, {@code 1.5g} (binary) or a plain number.
     *
     * @throws BadInput when it is none of these
     */
    public static long parseBytes(String name, String text) {
        var matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        Require.that(matcher.matches(), name, "must be a size such as 12GiB, 80GB or 900m", text);
        int power = " kmgt".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2));
        double bytes = Double.parseDouble(matcher.group(1)) * Math.pow(matcher.group(3).equals("b") ? 1000 : 1024, power);
        Require.that(bytes >= 1 && bytes < Long.MAX_VALUE, name, "must be at least 1 byte and less than 8 EiB", text);
        return (long) bytes;
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
