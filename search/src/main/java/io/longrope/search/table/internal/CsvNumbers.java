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
    private static final Pattern WHOLE_OR_DECIMAL_COMMA = Pattern.compile("\\s*\"?\\d+(,\\d+)?\"?\\s*");
    private static final Pattern QUOTED_COMMA = Pattern.compile("\"\\s*\\d+,\\d+\\s*\"");
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    private CsvNumbers() {
    }

    /**
     * Numbers of one line.
     *
     * @param place file and line, for complaints
     */
    public record Row(String place, double[] numbers) {
    }

    /** At least one row of at least one number. Lines that begin with # are read past, as numpy does, which writes its headings so. */
    public static List<Row> read(Path file) throws IOException {
        Require.that(Files.isRegularFile(file), file.toString(), "must be a file", Files.exists(file) ? "something else" : "missing");
        Require.that(Files.size(file) <= LARGEST, file.toString(), "must be at most 16 MiB to be a table",
                Plural.of(Files.size(file), "byte"));
        var lines = FileText.of(Files.readAllBytes(file)).stripTrailing().split("\\R", -1);
        requirePoints(file, Arrays.stream(lines).filter(line -> !isComment(line)).toList());
        var rows = new ArrayList<Row>(lines.length);
        for (int line = 0; line < lines.length; line++) {
            if (!isComment(lines[line])) {
                var place = file + ":" + (line + 1);
                var wayOut = rows.isEmpty() && Character.isLetter(lines[line].codePoints().findFirst().orElse(0))
                        ? "leave out the heading" : "";
                rows.add(new Row(place,
                        Arrays.stream(cells(lines[line])).mapToDouble(text -> number(place, unquoted(text.strip()), wayOut)).toArray()));
            }
        }
        Require.that(!rows.isEmpty(), file.toString(), "must hold numbers", "comments alone");
        return rows;
    }

    private static boolean isComment(String line) {
        return line.stripLeading().startsWith("#");
    }

    /**
     * A spreadsheet of many languages writes 1,25 for 1.25, which would be two numbers: told by semicolons or tabs beside commas, by a
     * comma in quotes, and by a column where some lines are whole and the others have one comma.
     */
    private static void requirePoints(Path file, List<String> lines) {
        var comma = lines.stream().filter(line -> line.contains(",")).findFirst();
        boolean column = lines.size() > 1 && comma.isPresent()
                && lines.stream().allMatch(line -> WHOLE_OR_DECIMAL_COMMA.matcher(line).matches());
        var telling = lines.stream().filter(line -> line.contains(";") || line.strip().contains("\t") && line.contains(",")
                || QUOTED_COMMA.matcher(line).find()).findFirst();
        if (column || telling.isPresent()) {
            throw new BadInput(file.toString(), "must be numbers with decimal points, separated by commas or blanks",
                    "'" + shortened(telling.or(() -> comma).orElseThrow().strip()) + "'",
                    "save it with decimal points: a spreadsheet asks for the language or separator");
        }
    }

    private static String[] cells(String line) {
        return line.contains(",") ? line.split(",", -1) : line.strip().split("[ \t]+", -1);
    }

    private static String unquoted(String cell) {
        return cell.length() > 1 && cell.startsWith("\"") && cell.endsWith("\"") ? cell.substring(1, cell.length() - 1).strip() : cell;
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

    private static double number(String place, String text, String wayOut) {
        if (text.equalsIgnoreCase("inf") || text.equalsIgnoreCase("infinity")) {
            return Double.POSITIVE_INFINITY;
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new BadInput(place, "must be numbers separated by commas or blanks",
                    text.isEmpty() ? "empty" : "'" + shortened(text) + "'", wayOut);
        }
        return Double.parseDouble(text);
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
