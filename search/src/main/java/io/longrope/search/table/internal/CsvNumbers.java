package io.longrope.search.table.internal;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Numbers separated by commas, as numpy writes them, or by blanks, as some of Microsoft's tables are. */
public final class CsvNumbers {

    private static final long LARGEST = 16L << 20;
    private static final Pattern DECIMAL_COMMA = Pattern.compile("\\s*\\d+,\\d{2,}\\s*");
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    private CsvNumbers() {
    }

    /** At least one row of at least one number; the k-th row is line k + 1. */
    public static List<double[]> read(Path file) throws IOException {
        Require.that(Files.isRegularFile(file), file.toString(), "must be a file", Files.exists(file) ? "something else" : "missing");
        Require.that(Files.size(file) <= LARGEST, file.toString(), "must be at most 16 MiB to be a table",
                Plural.of(Files.size(file), "byte"));
        var lines = FileText.of(Files.readAllBytes(file)).stripTrailing().split("\\R", -1);
        requirePoints(file, lines);
        var rows = new ArrayList<double[]>(lines.length);
        for (int line = 0; line < lines.length; line++) {
            var place = file + ":" + (line + 1);
            rows.add(Arrays.stream(cells(lines[line])).mapToDouble(text -> number(place, text.strip())).toArray());
        }
        return rows;
    }

    /** A spreadsheet of many languages writes 1,25 for 1.25, which would be two numbers. */
    private static void requirePoints(Path file, String[] lines) {
        boolean commas = lines.length > 1 && Arrays.stream(lines).allMatch(line -> DECIMAL_COMMA.matcher(line).matches());
        var semicolons = Arrays.stream(lines).filter(line -> line.contains(";")).findFirst();
        if (commas || semicolons.isPresent()) {
            throw new BadInput(file.toString(), "must be numbers with decimal points, separated by commas or blanks",
                    "'" + semicolons.orElse(lines[0]).strip() + "'",
                    "save it with decimal points: a spreadsheet asks for the language or separator");
        }
    }

    private static String[] cells(String line) {
        return line.contains(",") ? line.split(",", -1) : line.strip().split("[ \t]+", -1);
    }

    /** One number a line for a shared row, otherwise a line per layer; '%.18e', which is exact for every double. */
    public static String text(RescaleFactors factors) {
        if (!factors.isPerLayer()) {
            return Arrays.stream(factors.layer(0)).mapToObj(factor -> text(factor) + "\n").collect(Collectors.joining());
        }
        var text = new StringBuilder();
        for (int layer = 0; layer < factors.layers(); layer++) {
            text.append(Arrays.stream(factors.layer(layer)).mapToObj(CsvNumbers::text).collect(Collectors.joining(","))).append('\n');
        }
        return text.toString();
    }

    private static String text(double factor) {
        return Double.isInfinite(factor) ? "inf" : String.format(Locale.ROOT, "%.18e", new BigDecimal(factor));
    }

    private static double number(String place, String text) {
        if (text.equalsIgnoreCase("inf")) {
            return Double.POSITIVE_INFINITY;
        }
        if (!NUMBER.matcher(text).matches()) {
            var shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
            throw new BadInput(place, "must be numbers separated by commas or blanks", shown.isEmpty() ? "empty" : "'" + shown + "'", "");
        }
        return Double.parseDouble(text);
    }
}
