package io.longrope.progressive.plan;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Lengths in tokens as people write them: {@code 1024}, {@code 4k}, {@code 2048k}, where k = 1024. */
public final class Lengths {

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,9})([kK]?)");
    private static final int FIRST_IN_K = 16 * 1024;

    private Lengths() {
    }

    /** Empty when the text is no length, or one above 2³¹ - 1 tokens. */
    public static OptionalInt parse(String text) {
        var match = FORM.matcher(text.strip());
        if (!match.matches()) {
            return OptionalInt.empty();
        }
        long tokens = Long.parseLong(match.group(1)) * (match.group(2).isEmpty() ? 1 : 1024);
        return tokens <= Integer.MAX_VALUE ? OptionalInt.of((int) tokens) : OptionalInt.empty();
    }

    /** {@code 128k} from 16k on where that is exact, digits otherwise. */
    public static String format(int tokens) {
        return tokens >= FIRST_IN_K && tokens % 1024 == 0
                ? String.format(Locale.ROOT, "%dk", tokens / 1024)
                : Integer.toString(tokens);
    }
}
