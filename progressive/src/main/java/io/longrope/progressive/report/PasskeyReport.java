package io.longrope.progressive.report;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How often the final checkpoint found a pass key again.
 *
 * @param cells one for each length and depth
 */
public record PasskeyReport(List<Cell> cells) {

    /** Below the run directory. */
    public static final String FILE = "passkey.csv";

    public PasskeyReport {
        cells = List.copyOf(cells);
    }

    /** @param accuracy share of the trials answered rightly */
    public record Cell(int length, double depth, double accuracy) {
    }

    /** Ascending. */
    public List<Integer> lengths() {
        return cells.stream().map(Cell::length).distinct().sorted().toList();
    }

    /** Ascending. */
    public List<Double> depths() {
        return cells.stream().map(Cell::depth).distinct().sorted().toList();
    }

    public double accuracy(int length, double depth) {
        return find(length, depth).orElseThrow();
    }

    /** Empty where it was not tried. */
    Optional<Double> find(int length, double depth) {
        return cells.stream().filter(cell -> cell.length() == length && cell.depth() == depth).findFirst().map(Cell::accuracy);
    }

    /** For programs: every digit. */
    public TextTable exactTable() {
        return new TextTable(List.of("length", "depth", "accuracy"), cells.stream().map(cell ->
                List.of(Integer.toString(cell.length()), Double.toString(cell.depth()), Double.toString(cell.accuracy()))).toList());
    }

    /** Reads what {@link #exactTable} became as CSV. */
    static PasskeyReport read(Path file) throws IOException {
        var cells = new ArrayList<Cell>();
        for (var line : Files.readAllLines(file).stream().skip(1).toList()) {
            var numbers = line.split(",");
            try {
                cells.add(new Cell(Integer.parseInt(numbers[0]), Double.parseDouble(numbers[1]), Double.parseDouble(numbers[2])));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new BadInput(file.toString(), "must hold length, depth and accuracy in every line", line, "");
            }
        }
        return new PasskeyReport(cells);
    }
}
