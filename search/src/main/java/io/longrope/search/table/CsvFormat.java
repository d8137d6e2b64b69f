package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.internal.CsvNumbers;
import io.longrope.search.file.WholeFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Microsoft's CSV: the factors of one length and nothing else. One factor a line, or a row per layer, as
 * {@code numpy.savetxt} writes them. The file states neither model nor length nor temperature, so the format is made
 * with them. The d/2 of the geometry decides what a column of numbers is: d/2 lines are factors, one line more begins
 * with n̂ (the form of Microsoft's search with start tokens), two lines more begin with the pairs between which the factors
 * rise (the form of its piecewise search; read past, the factors say it themselves).
 */
public final class CsvFormat implements TableFormat {

    private final String model;
    private final RopeGeometry geometry;
    private final int length;
    private final AttentionTemperature temperature;

    /** @param length the entry that is written, or that what is read becomes */
    public CsvFormat(String model, RopeGeometry geometry, int length, AttentionTemperature temperature) {
        this.model = Require.notBlank(model, "model");
        this.geometry = Require.present(geometry, "geometry");
        this.length = Require.atLeast(1, length, "length");
        this.temperature = Require.present(temperature, "attentionTemperature");
    }

    @Override
    public String name() {
        return "csv";
    }

    /**
     * One table of files that {@code export --to csv} wrote, named LENGTH.csv each.
     *
     * @param files at least one
     */
    FactorTable readLengths(List<Path> files) throws IOException {
        var entries = new ArrayList<TableEntry>();
        for (var file : files) {
            entries.addAll(new CsvFormat(model, geometry, lengthOf(file).orElseThrow(), temperature).read(file).entries());
        }
        entries.sort(Comparator.comparingInt(TableEntry::length));
        var names = files.stream().map(file -> file.getFileName().toString()).collect(Collectors.joining(", "));
        return new FactorTable(model, geometry, entries, List.of("read from " + names));
    }

    /** The length that the name of a file states; empty of another name. */
    static OptionalInt lengthOf(Path file) {
        var name = file.getFileName().toString();
        return name.matches("[1-9]\\d{0,8}\\.csv") ? OptionalInt.of(Integer.parseInt(name.substring(0, name.length() - ".csv".length())))
                : OptionalInt.empty();
    }

    /** Writes with n̂ = 0: only Microsoft's evaluation code knows start tokens, and takes them as an argument. */
    @Override
    public List<String> write(FactorTable table, Path file) throws IOException {
        var entry = table.entries().stream().filter(candidate -> candidate.length() == length).findFirst()
                .orElseThrow(() -> new BadInput("length", "must be in the table of " + table.model(), length,
                        "choose one of " + table.entries().stream().map(TableEntry::length).toList()));
        var notes = new ArrayList<String>();
        // a row for each layer is what this form has and engines' have not
        var candidate = entry.best().candidate().startTokens() == 0 ? entry.best().candidate()
                : TwoTables.withoutStartTokens(entry, notes).candidate();
        if (table.entries().size() > 1) {
            notes.add("The file holds the entry for " + Plural.of(length, "token") + " only.");
        }
        notes.add("The attention factor " + candidate.attentionFactor() + " is not in the file.");
        WholeFile.write(file, CsvNumbers.text(candidate.factors()));
        return List.copyOf(notes);
    }

    @Override
    public FactorTable read(Path file) throws IOException {
        var rows = CsvNumbers.read(file);
        boolean column = rows.stream().allMatch(row -> row.numbers().length == 1) && (rows.size() > 1 || geometry.pairs() == 1);
        int lead = column ? lead(rows) : 0;
        requireCounts(file, rows, column, lead);
        for (var row : rows.subList(lead, rows.size())) {
            for (double factor : row.numbers()) {
                Require.that(factor > 0, row.place(), "must be factors greater than 0", factor);
            }
        }
        var factors = column ? RescaleFactors.of(rows.stream().skip(lead).mapToDouble(row -> row.numbers()[0]).toArray()) : matrix(rows);
        int startTokens = lead == 1 ? startTokens(rows.get(0)) : 0;
        var candidate = new Candidate(factors, startTokens, temperature.factor(geometry, length));
        return new FactorTable(model, geometry, List.of(TableEntry.of(length, Measured.unmeasured(candidate))),
                List.of("read from " + file.getFileName()));
    }

    /** How many lines of a column stand before its factors. */
    private int lead(List<CsvNumbers.Row> rows) {
        int more = rows.size() - geometry.pairs();
        if (more == 2) {
            double from = rows.get(0).numbers()[0];
            double to = rows.get(1).numbers()[0];
            return isPair(from) && isPair(to) && from <= to ? 2 : 0;
        }
        return more == 1 ? 1 : 0;
    }

    private boolean isPair(double value) {
        return value == Math.rint(value) && value >= 0 && value <= geometry.pairs();
    }

    private void requireCounts(Path file, List<CsvNumbers.Row> rows, boolean column, int lead) {
        int pairs = geometry.pairs();
        if (column) {
            Require.that(rows.size() - lead == pairs, file.toString(), "must have " + Plural.of(pairs, "line") + " of one factor ("
                    + (pairs + 1) + " with n̂ first, " + (pairs + 2) + " with the two ends of a ramp first)",
                    Plural.of(rows.size(), "line"));
            return;
        }
        for (var row : rows) {
            Require.that(row.numbers().length == pairs, row.place(), "must have " + pairs + " factors, half the rotary dimension",
                    row.numbers().length);
        }
    }

    private static RescaleFactors matrix(List<CsvNumbers.Row> rows) {
        var numbers = rows.stream().map(CsvNumbers.Row::numbers).toArray(double[][]::new);
        // Microsoft's tables repeat one row for every layer, which is one row for all
        boolean same = Arrays.stream(numbers).allMatch(row -> Arrays.equals(row, numbers[0]));
        return same ? RescaleFactors.of(numbers[0]) : RescaleFactors.perLayer(numbers);
    }

    private static int startTokens(CsvNumbers.Row row) {
        double value = row.numbers()[0];
        Require.that(value >= 0 && value == Math.rint(value) && value < Integer.MAX_VALUE, row.place(),
                "must be n̂, a whole number of at least 0", value);
        return (int) value;
    }
}
