package io.longrope.evaluator.session;

import io.longrope.search.problem.Require;

import java.util.Locale;
import java.util.regex.Pattern;

/** Amounts of memory as people write and read them; the same in every locale. */
public final class Bytes {

    private static final String[] UNITS = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18}(?:[.][0-9]{1,9})?) ?([kmgt]?)(i?b|)");

    private Bytes() {
    }

    /** Three figures and a power of 1024: {@code 12.6 GiB}. */
    public static String format(long bytes) {
        double value = bytes;
        int power = 0;
        while (value >= 1024 && power < UNITS.length - 1) {
            value /= 1024;
            power++;
        }
        return power == 0 ? bytes + UNITS[0]
                : String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value) + UNITS[power];
    }

    /**
     * Bytes as an option gives them: {@code 12GiB}, {@code 80GB}, {@code 1.5g} (binary) or a plain number.
     *
     * @param name of the option
     * @throws io.longrope.search.problem.BadInput when it is none of these
     */
    public static long parse(String name, String text) {
        var matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        Require.that(matcher.matches(), name, "must be a size such as 12GiB, 80GB or 900m", text);
        int power = " kmgt".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2));
        double bytes = Double.parseDouble(matcher.group(1)) * Math.pow(matcher.group(3).equals("b") ? 1000 : 1024, power);
        Require.that(bytes >= 1 && bytes < Long.MAX_VALUE, name, "must be at least 1 byte and less than 8 EiB", text);
        return (long) bytes;
    }
}
